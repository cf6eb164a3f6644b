import { configuredGateway, plainUpstream } from '../peers/peers/gateway.peer.ts';
import { floor } from '../peers/peers/floor.peer.ts';
import type { Place } from '../peers/peers/peer.ts';
import { SECRET } from '../peers/policies/bearer-token.ts';
import type { Variant } from '../peers/running-peer.ts';

/** What is asked for, each on a route of its own, except for the health. */
export const PATHS = {
  health: '/health',
  authenticated: '/authenticated',
  proxied: '/proxied/1k',
  withBreaker: '/with-breaker/1k',
  breakerOpen: '/breaker-open/1k',
  policies: '/policies/1k',
  plain: '/plain/1k',
  policiesFast: '/policies-fast/1k',
  limited: '/limited',
  manyClients: '/many-clients',
} as const;

export const LIMIT_RPS = 100;
/** A pause of the machine up to a second takes nothing away; what is asked for uses it up before anything is counted. */
const LIMIT_BURST = 100;
/** The field that tells the clients of `manyClients` apart. */
export const CLIENT_FIELD = 'x-client';

/** No load here reaches it, so that every request is counted and none is refused. */
const UNREACHED = { rps: 1_000_000, burst: 1_000_000 };
export const BREAKER_VOLUME = 20;
/** It stays open until all is measured. */
const RESET_MS = 60 * 60 * 1000;

/** The floor of `make peers` before the same backend. */
export function floorBefore(backendPort: number): Variant {
  return { name: floor.name, command: (place) => floor.command({ ...place, upstreamPort: backendPort }) };
}

/** One gateway for everything that is measured, so that memory and handles are those of all of it. */
export function measuredGateway(backendPort: number, deadPort: number): Variant {
  return {
    name: 'gateway',
    readyPath: PATHS.health,
    command: (place: Place) => {
      const backend = { targets: [{ url: `http://127.0.0.1:${backendPort}` }] };
      const guarded = { breaker: {}, retry: {}, bulkhead: {} };
      const route = (path: string, more: object): object => {
        const prefix = path.replace(/\/1k$/, '');
        return { id: prefix.slice(1), match: { path: `${prefix}/*` }, rewrite: { stripPrefix: prefix }, ...more };
      };
      const answer = (path: string, more: object): object => ({
        id: path.slice(1),
        match: { path },
        respond: { body: 'ok' },
        ...more,
      });
      const policies = {
        auth: { required: true },
        rateLimit: [
          { name: 'tenant', by: ['tenant'], ...UNREACHED },
          { name: 'user', by: ['user'], ...UNREACHED },
        ],
      };
      return configuredGateway(place, {
        auth: { jwt: { secret: SECRET, algorithms: ['HS256'] } },
        upstreams: {
          backend,
          'with-breaker': { ...backend, breaker: {} },
          guarded: { ...backend, ...guarded },
          fast: plainUpstream(place),
          'fast-guarded': { ...plainUpstream(place), ...guarded },
          dead: {
            targets: [{ url: `http://127.0.0.1:${deadPort}` }],
            breaker: { volumeThreshold: BREAKER_VOLUME, resetMs: RESET_MS },
          },
        },
        routes: [
          answer(PATHS.authenticated, { auth: { required: true } }),
          route(PATHS.proxied, { upstream: 'backend' }),
          route(PATHS.withBreaker, { upstream: 'with-breaker' }),
          route(PATHS.breakerOpen, { upstream: 'dead' }),
          route(PATHS.policies, { upstream: 'guarded', ...policies }),
          route(PATHS.plain, { upstream: 'fast' }),
          route(PATHS.policiesFast, { upstream: 'fast-guarded', ...policies }),
          answer(PATHS.limited, { rateLimit: { by: 'ip', rps: LIMIT_RPS, burst: LIMIT_BURST } }),
          answer(PATHS.manyClients, { rateLimit: { by: `header:${CLIENT_FIELD}`, rps: 10, burst: 10 } }),
        ],
      });
    },
  };
}
