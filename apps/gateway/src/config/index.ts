export { ConfigError, EXIT_CONFIG, formatProblems, type ConfigProblem } from './config-error.js';
export { formatPath } from './config-path.js';
export { ConfigSnapshot } from './config-snapshot.js';
export { ConfigModule } from './config.module.js';
export type { DeepReadonly } from './deep-readonly.js';
export {
  loadConfig,
  parseConfigObject,
  type CheckOptions,
  type ConfigObject,
  type LoadedConfig,
  type LoadOptions,
  type ParseOptions,
} from './load.js';
export { MANAGEMENT_PATHS } from './management-paths.js';
export { filePath, fromEnv, named, secret, secretByName } from './schema/annotations.js';
export type * from './schema/gateway.schema.js';
export { secretSource } from './schema/values.js';
export type { SemanticCheck } from './semantics/semantic-check.js';
