export { ConfigError, EXIT_CONFIG, type ConfigProblem } from './config-error.js';
export { ConfigSnapshot } from './config-snapshot.js';
export { ConfigModule } from './config.module.js';
export {
  loadConfig,
  parseConfigObject,
  restoreConfig,
  type CheckOptions,
  type ConfigObject,
  type LoadedConfig,
  type LoadOptions,
} from './load.js';
export { filePath, named, secret } from './schema/annotations.js';
export type * from './schema/gateway.schema.js';
