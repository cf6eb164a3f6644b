export { backOffMs } from './core/back-off.js';
export {
  Breaker,
  REFUSED,
  type BreakerSettings,
  type BreakerState,
  type BreakerTransition,
} from './core/breaker.js';
export { BreakerRegistry } from './core/breaker-registry.js';
export { Bulkhead, type BulkheadSettings, type Waiter } from './core/bulkhead.js';
export { retryAfterMs } from './core/retry-after.js';
export { RetryBudget } from './core/retry-budget.js';
export { BreakerHealthIndicator } from './nest/breaker.health-indicator.js';
export { BreakerInterceptor } from './nest/breaker.interceptor.js';
export { ResilienceModule, type ResilienceModuleOptions } from './nest/resilience.module.js';
export { UseBreaker } from './nest/use-breaker.decorator.js';
