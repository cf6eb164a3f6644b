// The public face: what a team needs to run a gateway of its own, and to put stages of its own into it
// (docs/custom-stages.md). Everything else may change without notice.

export { accessRefused, keysFetched, type KeyFetch, type Refusal } from './admission/events.js';
export {
  limitsUndecided,
  requestOverLimit,
  requestOverShadowLimit,
  requestWithinLimits,
} from './admission/rate-limit.events.js';
export { GatewayModule, type GatewayModuleOptions } from './app.module.js';
export { cacheEvents } from './caching/events.js';
export {
  ConfigError,
  ConfigSnapshot,
  filePath,
  loadConfig,
  named,
  parseConfigObject,
  secret,
  type ConfigObject,
  type ConfigProblem,
  type GatewayConfig,
  type LoadedConfig,
  type LoadOptions,
  type RouteConfig,
} from './config/index.js';
export type { LogTarget } from './telemetry/logs/log-target.js';
export { checksFor, Gateway, type GatewayOptions } from './gateway.js';
export * from './pipeline/contract/index.js';
export { requestEnded, requestFailed, requestStarted } from './pipeline/request-events.js';
export type { Fault, ProblemType } from './problems/problem-type.js';
export { Problem, type ProblemOptions } from './problems/problem.js';
export { problems } from './problems/registry.js';
export { startGateway, type StartOptions } from './start/start-gateway.js';
export { breakerChanged, bulkheadRefused, retryBudgetSpent } from './resilience/events.js';
export {
  exchangeAnswered,
  exchangeFailed,
  exchangeStarted,
  panicChanged,
  targetEjected,
  targetReturned,
  type ExchangeFailure,
  type TargetEjection,
} from './upstream/events.js';
