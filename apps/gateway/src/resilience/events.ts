import type { BreakerTransition } from '@app/resilience';
import { EventKey } from '../pipeline/contract/events.js';

/** The breaker of an upstream, whose name it has, has changed its state. */
export const breakerChanged = new EventKey<BreakerTransition>('resilience.breaker-changed');
/** A request was refused because its upstream has as many as it may get. */
export const bulkheadRefused = new EventKey<{ readonly upstream: string }>('resilience.bulkhead-refused');
/** A retry was wanted and the budget of the upstream had none left. */
export const retryBudgetSpent = new EventKey<{ readonly upstream: string }>('resilience.retry-budget-spent');
