import { ConfigurableModuleBuilder, Global, Inject, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import { closeRedis, connectRedis, type RedisConnection, type RedisSettings } from '../core/connect-redis.js';
import { REDIS } from './redis.constants.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<RedisModuleOptions>()
  .setClassMethodName('forRoot')
  .build();

export interface RedisModuleOptions {
  /** null: there is no Redis, and `REDIS` is null. */
  readonly settings: RedisSettings | null;
}

/** Gives the one connection to Redis of an application, or null, under the token `REDIS`. */
@Global()
@Module({
  providers: [
    {
      provide: REDIS,
      useFactory: ({ settings }: RedisModuleOptions) => (settings === null ? null : connectRedis(settings)),
      inject: [MODULE_OPTIONS_TOKEN],
    },
  ],
  exports: [REDIS],
})
export class RedisModule extends ConfigurableModuleClass implements OnModuleDestroy {
  private readonly logger = new Logger('Redis');
  private reachable: boolean | null = null;

  constructor(@Inject(REDIS) private readonly redis: RedisConnection | null) {
    super();
    redis?.on('error', (error: Error) => this.lost(error.message));
    redis?.on('close', () => this.lost('the connection closed'));
    redis?.on('ready', () => this.found());
  }

  async onModuleDestroy(): Promise<void> {
    this.reachable = false;
    if (this.redis !== null) await closeRedis(this.redis);
  }

  /** One line when it goes and one when it comes back, however often connecting fails in between. */
  private lost(why: string): void {
    if (this.reachable === false) return;
    this.reachable = false;
    this.logger.warn(`Redis is unreachable: ${why}`);
  }

  private found(): void {
    if (this.reachable === false) this.logger.warn('Redis is reachable again');
    this.reachable = true;
  }
}
