import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import type { Events } from '../pipeline/contract/events.js';
import type { Deadlines } from './deadlines.js';
import { HealthChecker } from './health-checker.js';
import { TargetBoard, type SharedUpstreams } from './target-board.js';
import { UpstreamGroup } from './upstream-group.js';

/** All upstreams of one configuration. */
export class UpstreamRegistry {
  readonly groups: ReadonlyMap<string, UpstreamGroup>;
  private readonly checkers: HealthChecker[] = [];

  /** @param shared what the workers have in common; null when this one is alone */
  constructor(
    upstreams: GatewayConfig['upstreams'],
    deadlines: Deadlines,
    events: Events,
    shared: SharedUpstreams | null,
  ) {
    this.groups = new Map(
      Object.entries(upstreams).map(([name, config]) => {
        const board = new TargetBoard(name, config.targets.length, shared);
        return [name, new UpstreamGroup(name, config, board, deadlines, events)];
      }),
    );
  }

  get(name: string): UpstreamGroup {
    const group = this.groups.get(name);
    if (group === undefined) throw new Error(`no upstream is called ${name}`);
    return group;
  }

  start(): void {
    for (const group of this.groups.values()) {
      if (group.config.healthCheck === null) continue;
      const checker = new HealthChecker(group, group.config.healthCheck);
      checker.start();
      this.checkers.push(checker);
    }
  }

  /** Ends the checks, lets running exchanges finish, closes every connection. */
  async drain(): Promise<void> {
    for (const checker of this.checkers) checker.stop();
    await Promise.all([...this.groups.values()].map((group) => group.drain()));
  }

  destroy(): void {
    for (const checker of this.checkers) checker.stop();
    for (const group of this.groups.values()) group.destroy();
  }
}
