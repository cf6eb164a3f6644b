import { ResponseStore } from '@app/cache';
import { REDIS, type RedisConnection } from '@app/redis';
import { Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import { AuthProviders } from '../admission/auth-providers.js';
import { AuthenticateStage } from '../admission/authenticate.stage.js';
import { AuthorizeStage } from '../admission/authorize.stage.js';
import { IpRulesStage } from '../admission/ip-rules.stage.js';
import { MemoryStore } from '@app/rate-limit';
import { BreakerRegistry } from '@app/resilience';
import { LimitStores } from '../admission/limit-stores.js';
import { PreAuthRateLimitStage } from '../admission/pre-auth-rate-limit.stage.js';
import { RateLimitStage } from '../admission/rate-limit.stage.js';
import { CacheStage } from '../caching/cache.stage.js';
import { ResponseCache } from '../caching/response-cache.js';
import { SharedResponses } from '../caching/shared-responses.js';
import { CACHE_DROP, InvalidationNotice } from '../caching/tell-workers.js';
import { WHOLE_PROCESS, type WholeProcess } from '../workers/whole-process.js';
import { ConfigSnapshot } from '../config/index.js';
import { compressionDefaults } from '../config/schema/route.schema.js';
import { CompressionStage } from '../response/compression.stage.js';
import { HeaderRulesStage } from '../response/header-rules.stage.js';
import { RedirectStage } from '../response/redirect.stage.js';
import { RespondStage } from '../response/respond.stage.js';
import { BodyLimitStage } from '../edge/body-limit.stage.js';
import { CorsStage } from '../edge/cors.stage.js';
import { BreakerStage } from '../resilience/breaker.stage.js';
import { Breakers } from '../resilience/breakers.js';
import { BulkheadStage } from '../resilience/bulkhead.stage.js';
import { RetryStage } from '../resilience/retry.stage.js';
import { ChooseUpstreamStage } from '../upstream/choose-upstream.stage.js';
import { Deadlines } from '../upstream/deadlines.js';
import { ForwardStage } from '../upstream/forward.stage.js';
import { UpgradedConnections } from '../upstream/upgrade/upgraded-connections.js';
import { UpstreamRegistry } from '../upstream/upstream-registry.js';
import { clockOffsetMs, processClock } from '../workers/process-clock.js';
import { SHARED_MEMORY, type SharedMemory } from '../workers/shared-memory.js';
import { Events } from './contract/events.js';
import type { Stage } from './contract/stage.js';
import { DataPlane } from './data-plane.js';
import { EventsModule } from './events.module.js';
import { Lifecycle } from './lifecycle.js';
import { orderStages } from './order-stages.js';
import { STAGES } from './pipeline.constants.js';
import { UpstreamGroupsLoad, UpstreamLoad } from './upstream-load.js';

const plainStages = [
  AuthenticateStage,
  AuthorizeStage,
  BodyLimitStage,
  IpRulesStage,
  ChooseUpstreamStage,
  CorsStage,
  HeaderRulesStage,
  RedirectStage,
  RespondStage,
];

const limitStages = [PreAuthRateLimitStage, RateLimitStage];

/** Composes the data plane by DI: every stage is a provider, custom ones among them. */
@Module({})
export class PipelineModule {
  /**
   * @param stages classes of custom stages, in the order in which they are placed
   * @param imports modules with what those stages need
   * @param processName what the gateway is called in Via when nobody has named it
   */
  static register(
    config: DynamicModule,
    stages: readonly Type<Stage>[],
    imports: NonNullable<ModuleMetadata['imports']>,
    processName: string,
  ): DynamicModule {
    return {
      module: PipelineModule,
      imports: [config, EventsModule, ...imports],
      providers: [
        Lifecycle,
        Deadlines,
        UpgradedConnections,
        AuthProviders,
        ...plainStages,
        ...stages,
        {
          provide: UpstreamRegistry,
          useFactory: (snapshot: ConfigSnapshot, deadlines: Deadlines, events: Events, memory: SharedMemory | null) => {
            const shared = memory && { memory, now: processClock(memory) };
            return new UpstreamRegistry(snapshot.config.upstreams, deadlines, events, shared);
          },
          inject: [ConfigSnapshot, Deadlines, Events, SHARED_MEMORY],
        },
        {
          provide: Breakers,
          useFactory: (snapshot: ConfigSnapshot, events: Events, memory: SharedMemory | null) =>
            new Breakers(snapshot.config, events, memory, processClock(memory)),
          inject: [ConfigSnapshot, Events, SHARED_MEMORY],
        },
        { provide: BreakerRegistry, useExisting: Breakers },
        { provide: BreakerStage, useFactory: (breakers: Breakers) => new BreakerStage(breakers), inject: [Breakers] },
        {
          provide: BulkheadStage,
          useFactory: (memory: SharedMemory | null) => new BulkheadStage(memory),
          inject: [SHARED_MEMORY],
        },
        {
          provide: RetryStage,
          useFactory: (breakers: Breakers, memory: SharedMemory | null) =>
            new RetryStage(breakers, memory, clockOffsetMs(memory)),
          inject: [Breakers, SHARED_MEMORY],
        },
        {
          provide: LimitStores,
          useFactory: (snapshot: ConfigSnapshot, redis: RedisConnection | null, memory: SharedMemory | null) =>
            new LimitStores(snapshot.config, redis, memory, processClock(memory)),
          inject: [ConfigSnapshot, REDIS, SHARED_MEMORY],
        },
        { provide: MemoryStore, useFactory: ({ memory }: LimitStores) => memory, inject: [LimitStores] },
        ...limitStages.map((stage) => ({
          provide: stage,
          useFactory: (stores: LimitStores) => new stage(stores),
          inject: [LimitStores],
        })),
        {
          provide: UpstreamLoad,
          useFactory: ({ groups }: UpstreamRegistry) => new UpstreamGroupsLoad(groups),
          inject: [UpstreamRegistry],
        },
        { provide: CompressionStage, useFactory: () => new CompressionStage(compressionDefaults) },
        {
          provide: ResponseStore,
          // Each worker has a store of its own; the limit is that of the process.
          useFactory: ({ config: { cache } }: ConfigSnapshot, shared: SharedMemory | null) =>
            new ResponseStore(Math.floor(cache.memoryBytesMax / (shared?.workers ?? 1))),
          inject: [ConfigSnapshot, SHARED_MEMORY],
        },
        {
          provide: ResponseCache,
          useFactory: (
            { config: { cache } }: ConfigSnapshot,
            memory: ResponseStore,
            redis: RedisConnection | null,
            whole: WholeProcess,
            workers: SharedMemory | null,
          ) => {
            const shared = redis !== null && cache.enabled && cache.redis.enabled;
            const responses = new ResponseCache(
              memory,
              shared ? new SharedResponses(redis, cache.redis) : null,
              workers === null ? null : new InvalidationNotice(whole),
            );
            whole.answer(CACHE_DROP, (tags: readonly string[]) => responses.drop(tags));
            return responses;
          },
          inject: [ConfigSnapshot, ResponseStore, REDIS, WHOLE_PROCESS, SHARED_MEMORY],
        },
        {
          provide: CacheStage,
          useFactory: (cache: ResponseCache) => new CacheStage(cache),
          inject: [ResponseCache],
        },
        {
          provide: ForwardStage,
          useFactory: (registry: UpstreamRegistry, deadlines: Deadlines, upgrades: UpgradedConnections) =>
            new ForwardStage(registry, deadlines, upgrades),
          inject: [UpstreamRegistry, Deadlines, UpgradedConnections],
        },
        {
          provide: STAGES,
          useFactory: (...all: Stage[]) => orderStages(all),
          inject: [
            ...plainStages,
            ...limitStages,
            BreakerStage,
            BulkheadStage,
            CacheStage,
            RetryStage,
            CompressionStage,
            ForwardStage,
            ...stages,
          ],
        },
        {
          provide: DataPlane,
          useFactory: (snapshot: ConfigSnapshot, ordered: Stage[], events: Events, lifecycle: Lifecycle) =>
            new DataPlane(snapshot.config, ordered, events, lifecycle, processName),
          inject: [ConfigSnapshot, STAGES, Events, Lifecycle],
        },
      ],
      exports: [
        DataPlane,
        ResponseCache,
        ResponseStore,
        Lifecycle,
        Deadlines,
        UpgradedConnections,
        UpstreamLoad,
        UpstreamRegistry,
        MemoryStore,
        Breakers,
        BreakerRegistry,
        STAGES,
      ],
    };
  }
}
