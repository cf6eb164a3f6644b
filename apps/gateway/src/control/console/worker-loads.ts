import { Inject, Injectable } from '@nestjs/common';
import { DataPlane } from '../../pipeline/data-plane.js';
import { UpstreamRegistry } from '../../upstream/upstream-registry.js';
import { WHOLE_PROCESS, type WholeProcess } from '../../workers/whole-process.js';

/** A page waits for it every two seconds. */
const ANSWER_TIMEOUT_MS = 1_000;

/** What a target has to do. */
export interface TargetLoad {
  active: number;
  connections: number;
}

/** What the workers have to do. */
export interface Load {
  /** Requests under way. */
  active: number;
  /** Of the busiest event loop. */
  loopBusyPercent: number;
  /** By upstream and target, in the order of the configuration. */
  readonly targets: TargetLoad[][];
}

/** What each worker has to do, which is in its own memory, added up for people. */
@Injectable()
export class WorkerLoads {
  private utilisation = performance.eventLoopUtilization();

  constructor(
    @Inject(DataPlane) private readonly plane: DataPlane,
    @Inject(UpstreamRegistry) private readonly registry: UpstreamRegistry,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
  ) {
    whole.answer('load.read', () => this.own());
  }

  async read(): Promise<Load> {
    const loads = await this.whole.ask<Load>('load.read', undefined, ANSWER_TIMEOUT_MS);
    return loads.reduce((all, each) => {
      all.active += each.active;
      all.loopBusyPercent = Math.max(all.loopBusyPercent, each.loopBusyPercent);
      for (const [upstream, targets] of all.targets.entries()) {
        for (const [at, target] of targets.entries()) {
          target.connections += each.targets[upstream][at].connections;
        }
      }
      return all;
    });
  }

  private own(): Load {
    const elapsed = performance.eventLoopUtilization(this.utilisation);
    this.utilisation = performance.eventLoopUtilization();
    return {
      active: this.plane.active,
      loopBusyPercent: elapsed.utilization * 100,
      targets: [...this.registry.groups.values()].map(({ targets }) =>
        targets.map(({ active, client }) => ({ active, connections: client.stats().open })),
      ),
    };
  }
}
