/** Token of the options that ConfigModule is registered with: the configuration, loaded before Nest starts. */
export const CONFIG_OPTIONS = Symbol('sluice.config.options');
