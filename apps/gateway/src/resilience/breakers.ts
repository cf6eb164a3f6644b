import { BreakerRegistry } from '@app/resilience';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import type { Events } from '../pipeline/contract/events.js';
import { breakerChanged } from './events.js';

/** The breakers of all upstreams that have one, by the name of the upstream. None while they are switched off. */
export class Breakers extends BreakerRegistry {
  constructor({ circuitBreaker, upstreams }: GatewayConfig, events: Events) {
    const settings = Object.entries(circuitBreaker.enabled ? upstreams : {}).flatMap(([name, { breaker }]) =>
      breaker === null ? [] : [[name, breaker] as const],
    );
    super(Object.fromEntries(settings), (transition) => events.emit(breakerChanged, transition));
  }

  onModuleDestroy(): void {
    this.stop();
  }
}
