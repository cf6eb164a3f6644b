import { BreakerRegistry, type WorkerMemory } from '@app/resilience';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import type { Events } from '../pipeline/contract/events.js';
import { breakerChanged } from './events.js';

/** The breakers of all upstreams that have one, by the name of the upstream. None while they are switched off. */
export class Breakers extends BreakerRegistry {
  /**
   * @param memory what the workers have in common; null when this one is alone
   * @param now a clock in milliseconds that does not jump, the same for all workers
   */
  constructor(
    { circuitBreaker, upstreams }: GatewayConfig,
    events: Events,
    memory: WorkerMemory | null,
    now: () => number,
  ) {
    const settings = Object.entries(circuitBreaker.enabled ? upstreams : {}).flatMap(([name, { breaker }]) =>
      breaker === null ? [] : [[name, breaker] as const],
    );
    super(Object.fromEntries(settings), (transition) => events.emit(breakerChanged, transition), now, memory);
  }

  onModuleDestroy(): void {
    this.stop();
  }
}
