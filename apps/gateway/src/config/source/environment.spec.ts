import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fromEnv } from '../schema/annotations.js';
import { gatewaySchema } from '../schema/gateway.schema.js';
import { applyEnvironment, environmentKeys } from './environment.js';
import { Places } from './places.js';

const schema = z.strictObject({
  deep: z.strictObject({ flag: fromEnv('FLAG', z.boolean().default(true)).describe('…') }).prefault({}),
  name: fromEnv('NAME', z.string()).nullable().default(null),
  list: z.array(z.strictObject({ ignored: fromEnv('IGNORED', z.string()) })).default([]),
});

function apply(value: Record<string, unknown>, env: Record<string, string>) {
  applyEnvironment(value, schema, env, new Places());
  return value;
}

describe('environment variables', () => {
  it('are found behind every wrapper of a schema, and not in lists', () => {
    expect(environmentKeys(schema).map(({ variable, path }) => [variable, path.join('.')])).toEqual([
      ['FLAG', 'deep.flag'],
      ['NAME', 'name'],
    ]);
  });

  it('of the gateway are these', () => {
    expect(environmentKeys(gatewaySchema()).map(({ variable, path }) => [variable, path.join('.')])).toEqual([
      ['API_GATEWAY_PORT', 'server.port'],
      ['API_GATEWAY_WORKERS', 'server.workers'],
      ['MAX_REQUEST_SIZE', 'server.bodyBytesMax'],
      ['ENABLE_METRICS', 'telemetry.metrics'],
      ['ENABLE_PROFILING', 'telemetry.profiling'],
      ['LOG_LEVEL', 'telemetry.logs.level'],
      ['ENABLE_TRACING', 'telemetry.tracing.enabled'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'telemetry.tracing.endpoint'],
      ['REDIS_URL', 'redis.url'],
      ['CIRCUIT_BREAKER_ENABLED', 'circuitBreaker.enabled'],
      ['JWT_SECRET', 'auth.jwt.secret'],
      ['RATE_LIMIT_ENABLED', 'rateLimit.enabled'],
      ['RATE_LIMIT_RPS', 'rateLimit.defaults.rps'],
      ['RATE_LIMIT_BURST', 'rateLimit.defaults.burst'],
      ['CACHE_ENABLED', 'cache.enabled'],
    ]);
  });

  it('are read as the type of their key, and make the mappings on the way', () => {
    expect(apply({}, { FLAG: 'false', NAME: '12' })).toEqual({ deep: { flag: false }, name: '12' });
  });

  it('do not hide that something else stands on the way', () => {
    expect(apply({ deep: 5 }, { FLAG: 'false' })).toEqual({ deep: 5 });
  });
});
