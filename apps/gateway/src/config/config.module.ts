import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { ConfigSnapshot } from './config-snapshot.js';
import { CONFIG_OPTIONS } from './config.constants.js';
import type { LoadedConfig } from './load.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<LoadedConfig>({
  optionsInjectionToken: CONFIG_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/**
 * Brings the configuration to every room as ConfigSnapshot: `ConfigModule.forRoot(loadConfig(…))`. It is loaded before
 * Nest starts, so that a wrong one ends the process with its own exit code and without a stack.
 */
@Module({
  providers: [
    {
      provide: ConfigSnapshot,
      inject: [CONFIG_OPTIONS],
      useFactory: ({ config, revision, file }: LoadedConfig): ConfigSnapshot =>
        Object.freeze({ config, revision, file, loadedAt: new Date() }),
    },
  ],
  exports: [ConfigSnapshot],
})
export class ConfigModule extends ConfigurableModuleClass {}
