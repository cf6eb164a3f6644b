import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Lifecycle } from '../pipeline/lifecycle.js';
import { UpstreamRegistry } from '../upstream/upstream-registry.js';

@Injectable()
export class UpstreamHealthIndicator {
  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(UpstreamRegistry) private readonly registry: UpstreamRegistry,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  process(): HealthIndicatorResult {
    return this.indicators.check('process').up({ phase: this.lifecycle.phase, uptimeS: Math.floor(process.uptime()) });
  }

  checks(): (() => HealthIndicatorResult)[] {
    return [...this.registry.groups.values()].map((group) => () => {
      const detail = {
        checked: group.config.healthCheck !== null,
        targets: group.targets.length,
        healthy: group.targets.filter((target) => target.healthy).length,
      };
      const session = this.indicators.check(`upstream:${group.name}`);
      return group.up ? session.up(detail) : session.down(detail);
    });
  }
}
