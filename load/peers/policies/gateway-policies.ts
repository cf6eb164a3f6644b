import { configuredGateway, plainUpstream } from '../peers/gateway.peer.ts';
import type { Variant } from '../running-peer.ts';
import { bearer, bearerToken, SECRET } from './bearer-token.ts';

/** The gateway with every policy that an ordinary route has: token, two limits, breaker, retry, bulkhead, metrics. */
export function gatewayPolicies(limitPerSecond: number, name = 'gateway-policies', telemetry?: object): Variant {
  const limit = { rps: limitPerSecond, burst: limitPerSecond };
  return {
    name,
    readyHeaders: bearer(bearerToken()),
    command: (place) =>
      configuredGateway(place, {
        ...(telemetry === undefined ? {} : { telemetry }),
        auth: { jwt: { secret: SECRET, algorithms: ['HS256'] } },
        upstreams: { peer: { ...plainUpstream(place), breaker: {}, retry: {}, bulkhead: {} } },
        routes: [
          {
            id: 'policies',
            match: { path: '/*' },
            upstream: 'peer',
            auth: { required: true },
            rateLimit: [
              { name: 'tenant', by: ['tenant'], ...limit },
              { name: 'user', by: ['user'], ...limit },
            ],
          },
        ],
      }),
  };
}
