import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WHOLE_PROCESS, type WholeProcess } from '../../workers/whole-process.js';
import { UpstreamRegistry } from '../../upstream/upstream-registry.js';

interface Connections {
  open: number;
  idle: number;
  waiting: number;
}

interface TargetView {
  readonly url: string;
  readonly weight: number;
  /** What its active check says. */
  readonly healthy: boolean;
  /** Gets no traffic for now, since its traffic fails. */
  readonly ejected: boolean;
  /** Exchanges under way. */
  readonly active: number;
  readonly connections: Connections;
}

interface UpstreamView {
  readonly name: string;
  readonly up: boolean;
  /** Too few targets are left, so that all of them get traffic. */
  readonly panic: boolean;
  readonly balance: string;
  readonly targets: readonly TargetView[];
}

@ApiTags('upstreams')
@ApiBearerAuth()
@Controller('admin/upstreams')
export class UpstreamsController {
  constructor(
    @Inject(UpstreamRegistry) private readonly registry: UpstreamRegistry,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
  ) {
    whole.answer('upstreams.list', () => this.own());
  }

  /** Every upstream with its targets: whether they are healthy, and what they have to do. */
  @Get()
  @ApiOperation({ summary: 'The upstreams and their targets' })
  async list(): Promise<UpstreamView[]> {
    const lists = await this.whole.ask<UpstreamView[]>('upstreams.list');
    const all = this.own();
    for (const [at, { targets }] of all.entries()) {
      for (const [index, { connections }] of targets.entries()) {
        addUp(
          connections,
          lists.map((list) => list[at].targets[index].connections),
        );
      }
    }
    return all;
  }

  private own(): UpstreamView[] {
    return [...this.registry.groups.values()].map((group) => ({
      name: group.name,
      up: group.up,
      panic: group.panic,
      balance: group.config.balance,
      targets: group.targets.map((target) => {
        const { open, idle, waiting } = target.client.stats();
        return {
          url: target.origin,
          weight: target.weight,
          healthy: target.healthy,
          ejected: target.passive?.ejected === true,
          active: target.active,
          connections: { open, idle, waiting },
        };
      }),
    }));
  }
}

/** Every worker has connections of its own to a target; what is thought of it, and what it has to do, all know. */
function addUp(sum: Connections, ofWorkers: readonly Connections[]): void {
  for (const name of ['open', 'idle', 'waiting'] as const) {
    sum[name] = ofWorkers.reduce((total, connections) => total + connections[name], 0);
  }
}
