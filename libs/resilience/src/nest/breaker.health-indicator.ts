import { Inject, Injectable, Optional } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { BreakerRegistry } from '../core/breaker-registry.js';

/** Breakers in a terminus health check. */
@Injectable()
export class BreakerHealthIndicator {
  constructor(
    @Inject(BreakerRegistry) private readonly breakers: BreakerRegistry,
    // Only who asks for health needs TerminusModule.
    @Optional() @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService | null,
  ) {}

  /**
   * Down while the breaker is open.
   *
   * @param key name in the report; default: that of the breaker
   * @throws Error when no breaker has the name, or TerminusModule is not imported
   */
  check(name: string, key = `breaker:${name}`): HealthIndicatorResult {
    const breaker = this.breakers.get(name);
    if (breaker === undefined) throw new Error(`no breaker is called ${name}`);
    if (this.indicators === null) throw new Error('BreakerHealthIndicator needs TerminusModule');
    const session = this.indicators.check(key);
    const detail = { state: breaker.state, forced: breaker.forced };
    return breaker.state === 'open' ? session.down(detail) : session.up(detail);
  }
}
