import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import type { Events } from '../pipeline/contract/events.js';
import type { Deadlines } from './deadlines.js';
import { HealthChecker } from './health-checker.js';
import { UpstreamGroup } from './upstream-group.js';

/** All upstreams of one configuration. */
export class UpstreamRegistry {
  readonly groups: ReadonlyMap<string, UpstreamGroup>;
  private readonly checkers: HealthChecker[] = [];

  constructor(upstreams: GatewayConfig['upstreams'], deadlines: Deadlines, events: Events) {
    this.groups = new Map(
      Object.entries(upstreams).map(([name, config]) => [name, new UpstreamGroup(name, config, deadlines, events)]),
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
