import type { z } from 'zod';
import type { ConfigProblem } from '../config-error.js';
import { isPlainObject } from '../deep-readonly.js';
import type { GatewayConfig, GatewaySchema } from '../schema/gateway.schema.js';

export interface Salvaged {
  readonly config: GatewayConfig;
  /** Gives a problem its place in the whole: the routes that were left out do not count in the salvaged one. */
  restorePlace(problem: ConfigProblem): ConfigProblem;
}

/**
 * What is left of a configuration without its broken parts, so that the checks between the others can still speak.
 * What stands in for a broken part is chosen so that it gives no reason for a problem.
 *
 * @returns null when nothing can be said
 */
export function salvage(input: unknown, schema: GatewaySchema): Salvaged | null {
  if (!isPlainObject(input)) return null;
  const { server, management, telemetry, redis, circuitBreaker, auth, rateLimit, cache, upstreams, routes } =
    schema.shape;
  const upstream = upstreams.unwrap().valueType;
  const route = routes.unwrap().element;

  const upstreamsKept = Object.entries(isPlainObject(input.upstreams) ? input.upstreams : {}).map(([name, value]) => {
    const kept = upstream.safeParse(value);
    return [
      name,
      kept.success ? kept.data : upstream.parse({ targets: [{ url: 'http://upstream.invalid' }] }),
    ] as const;
  });
  const routesKept = (Array.isArray(input.routes) ? input.routes : []).flatMap((value: unknown, index) => {
    const kept = route.safeParse(value);
    return kept.success ? [{ index, route: kept.data }] : [];
  });

  const restore = (text: string): string =>
    text.replace(/\broutes\[(\d+)\]/g, (_, index: string) => `routes[${routesKept[Number(index)].index}]`);

  return {
    config: {
      server: keep(server, input.server, { port: 0, encodedSlash: 'keep' }),
      management: keep(management, input.management, { port: 0 }),
      telemetry: keep(telemetry, input.telemetry),
      redis: keep(redis, input.redis),
      circuitBreaker: keep(circuitBreaker, input.circuitBreaker),
      auth: keep(auth, input.auth, authStandIn(input.auth)),
      rateLimit: keep(rateLimit, input.rateLimit),
      cache: keep(cache, input.cache),
      upstreams: Object.fromEntries(upstreamsKept),
      routes: routesKept.map((kept) => kept.route),
    },
    restorePlace: (problem) => ({
      ...problem,
      path: restore(problem.path),
      message: restore(problem.message),
    }),
  };
}

/** A section as it stands, or what stands in for it. */
function keep<Section extends z.ZodType>(section: Section, input: unknown, standIn: unknown = {}): z.output<Section> {
  const kept = section.safeParse(input);
  return kept.success ? kept.data : section.parse(standIn);
}

/** Has every provider that a route may name. */
function authStandIn(input: unknown): unknown {
  const given = isPlainObject(input) && isPlainObject(input.providers) ? Object.keys(input.providers) : [];
  const keys = [{ id: 'stand-in', sha256: '0'.repeat(64) }];
  return {
    jwt: { secret: 'x'.repeat(64) },
    apiKeys: keys,
    providers: Object.fromEntries(given.map((name) => [name, { apiKeys: { keys } }])),
  };
}
