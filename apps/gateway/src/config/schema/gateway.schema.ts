import { z } from 'zod';
import type { DeepReadonly } from '../deep-readonly.js';
import { authSchema } from './auth.schema.js';
import { rateLimitSchema } from './rate-limit.schema.js';
import { cacheSchema } from './cache.schema.js';
import { redisSchema } from './redis.schema.js';
import { managementSchema, serverSchema } from './server.schema.js';
import { telemetrySchema } from './telemetry.schema.js';
import { upstreamSchema } from './upstream.schema.js';
import { circuitBreakerSchema } from './resilience.schema.js';
import { routeShape } from './route.schema.js';
import { identifier } from './values.js';

/** A key that a custom stage adds to every route. */
export interface RouteExtension {
  key: string;
  settings: z.ZodType;
}

/** The one source of what a configuration may hold. `extensions` are the keys that custom stages bring along. */
export function gatewaySchema(extensions: readonly RouteExtension[] = []) {
  const extra = Object.fromEntries(extensions.map(({ key, settings }) => [key, settings.optional()]));
  return z.strictObject({
    server: serverSchema.prefault({}).describe('The side that clients see.'),
    management: managementSchema
      .prefault({})
      .describe('Who reaches health, metrics, docs and administration, and where.'),
    telemetry: telemetrySchema.prefault({}).describe('What the gateway tells about itself.'),
    redis: redisSchema.prefault({}).describe('What several gateways share.'),
    circuitBreaker: circuitBreakerSchema.prefault({}).describe('The one switch of all breakers.'),
    auth: authSchema.prefault({}).describe('Who may ask: providers of credentials, for the routes that want them.'),
    rateLimit: rateLimitSchema.prefault({}).describe('What limits requests, beside the limits of single routes.'),
    cache: cacheSchema.prefault({}).describe('Stored responses, for the routes that have `cache`.'),
    upstreams: z.record(identifier, upstreamSchema).default({}).describe('Groups of targets, by name.'),
    routes: z
      .array(
        z
          .strictObject({ ...routeShape, ...extra })
          .describe('One kind of request and what it gets: exactly one of upstream, weighted, respond and redirect.'),
      )
      .default([])
      .describe('What is served, in any order.'),
  });
}

export type GatewaySchema = ReturnType<typeof gatewaySchema>;
export type GatewayConfig = DeepReadonly<z.output<GatewaySchema>>;
export type GatewayConfigInput = z.input<GatewaySchema>;
export type ServerConfig = GatewayConfig['server'];
export type AuthConfig = GatewayConfig['auth'];
export type UpstreamConfig = GatewayConfig['upstreams'][string];
export type RouteConfig = GatewayConfig['routes'][number];
export type FieldRules = RouteConfig['headers']['request'];
export type RateLimitConfig = GatewayConfig['rateLimit'];
export type MatchCondition = RouteConfig['match']['headers'][string];
