import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Lifecycle } from '../pipeline/lifecycle.js';
import { Breakers } from '../resilience/breakers.js';
import { UpstreamRegistry } from '../upstream/upstream-registry.js';
import { SHARED_MEMORY, type SharedMemory } from '../workers/shared-memory.js';
import { WorkerStandings } from '../workers/worker-standings.js';

@Injectable()
export class UpstreamHealthIndicator {
  private readonly workers: WorkerStandings | null;

  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(UpstreamRegistry) private readonly registry: UpstreamRegistry,
    @Inject(Breakers) private readonly breakers: Breakers,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
    @Inject(SHARED_MEMORY) memory: SharedMemory | null,
  ) {
    this.workers = memory === null ? null : WorkerStandings.in(memory);
  }

  process(): HealthIndicatorResult {
    const { workers } = this;
    return this.indicators.check('process').up({
      phase: this.lifecycle.phase,
      uptimeS: Math.floor(process.uptime()),
      ...(workers === null ? {} : { workers: { configured: workers.workers, serving: workers.serving } }),
    });
  }

  /**
   * An upstream is down while none of its targets passes its active check. An open breaker and ejected targets are told
   * and leave it up: they are what the traffic of the moment says, and a gateway that does its duty must not be
   * restarted for it.
   */
  checks(): (() => HealthIndicatorResult)[] {
    return [...this.registry.groups.values()].map((group) => () => {
      const detail = {
        checked: group.config.healthCheck !== null,
        targets: group.targets.length,
        healthy: group.targets.filter((target) => target.healthy).length,
        ejected: group.targets.filter((target) => target.passive?.ejected === true).length,
        panic: group.panic,
        breaker: this.breakers.get(group.name)?.state ?? null,
      };
      const session = this.indicators.check(`upstream:${group.name}`);
      return group.up ? session.up(detail) : session.down(detail);
    });
  }
}
