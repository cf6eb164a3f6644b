import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { BreakerRegistry } from '../core/breaker-registry.js';

/** Breakers in a terminus health check. */
@Injectable()
export class BreakerHealthIndicator {
  // It has no dependencies, and injecting it would ask every user of breakers to import TerminusModule.
  private readonly indicators = new HealthIndicatorService();

  constructor(@Inject(BreakerRegistry) private readonly breakers: BreakerRegistry) {}

  /**
   * Down while the breaker is open.
   *
   * @param key name in the report; default: that of the breaker
   * @throws Error when no breaker has the name
   */
  check(name: string, key = `breaker:${name}`): HealthIndicatorResult {
    const breaker = this.breakers.get(name);
    if (breaker === undefined) throw new Error(`no breaker is called ${name}`);
    const session = this.indicators.check(key);
    const detail = { state: breaker.state, forced: breaker.forced };
    return breaker.state === 'open' ? session.down(detail) : session.up(detail);
  }
}
