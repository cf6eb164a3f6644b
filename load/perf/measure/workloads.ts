import { configuredGateway, plainUpstream } from '../../peers/peers/gateway.peer.ts';
import type { Place } from '../../peers/peers/peer.ts';
import { bearer, bearerToken, SECRET } from '../../peers/policies/bearer-token.ts';
import type { Variant } from '../../peers/running-peer.ts';
import type { BuiltTree } from '../trees/build-tree.ts';
import type { Side } from './pair.ts';
import { requestBytes, type RequestBytes } from './closed-loop.ts';

/** A kind of request whose cost is compared. */
export interface GateWorkload {
  name: string;
  title: string;
  request: RequestBytes;
  /** Requests of one slice: a fifth of a second, roughly. */
  slice: number;
}

/** No load here reaches it. */
const UNREACHED = { rps: 1_000_000, burst: 1_000_000 };
const SMALL = 5_000;
const BODY = JSON.stringify({ text: 'x'.repeat(1_000) });

const always = (bytes: Buffer): RequestBytes => {
  return () => bytes;
};

export const POLICIES_PATH = '/policies/1k';

/** Made anew for each run, since a token expires. */
export function gateWorkloads(): GateWorkload[] {
  const token = { Authorization: bearer(bearerToken()).authorization, Origin: 'https://app.example.com' };
  return [
    { name: 'get', title: 'GET of 1 KiB', request: always(requestBytes('GET', '/plain/1k')), slice: SMALL },
    {
      name: 'policies',
      title: 'GET with every policy',
      request: always(requestBytes('GET', POLICIES_PATH, token)),
      slice: SMALL,
    },
    {
      name: 'post',
      title: 'POST of 1 KiB of JSON',
      request: always(requestBytes('POST', '/plain/sink', { 'Content-Type': 'application/json' }, BODY)),
      slice: SMALL,
    },
    {
      name: 'cached',
      title: 'hit in the cache',
      request: always(requestBytes('GET', '/cached/item')),
      slice: 2 * SMALL,
    },
    { name: 'get-64k', title: 'GET of 64 KiB', request: always(requestBytes('GET', '/plain/64k')), slice: SMALL / 2 },
  ];
}

/** The gateway that all workloads ask: a route for each set of policies. */
export function gateGateway(
  tree: BuiltTree,
  side: Side,
  probe: { args: string[]; env: object } | null = null,
): Variant {
  return {
    name: side,
    readyPath: '/plain/1k',
    command: (place: Place) => {
      const upstream = plainUpstream(place);
      const route = (id: string, more: object): object => ({
        id,
        match: { path: `/${id}/*` },
        rewrite: { stripPrefix: `/${id}` },
        upstream: 'plain',
        ...more,
      });
      const command = configuredGateway(
        place,
        {
          auth: { jwt: { secret: SECRET, algorithms: ['HS256'] } },
          upstreams: { plain: upstream, guarded: { ...upstream, breaker: {}, retry: {}, bulkhead: {} } },
          routes: [
            route('plain', {}),
            route('policies', {
              upstream: 'guarded',
              ipRules: { allow: ['127.0.0.0/8'] },
              cors: { origins: ['https://app.example.com'] },
              headers: { request: { set: { 'X-Gate': 'perf' } }, response: { remove: ['Server'] } },
              auth: { required: true, permissions: ['users:read'] },
              rateLimit: [
                { name: 'tenant', by: ['tenant'], ...UNREACHED },
                { name: 'user', by: ['user'], ...UNREACHED },
              ],
            }),
            route('cached', { cache: { enabled: true }, rewrite: { path: '/cacheable/*' } }),
          ],
        },
        tree.folder,
      );
      if (probe === null) return command;
      return { ...command, args: [...probe.args, ...command.args], env: { ...command.env, ...probe.env } };
    },
  };
}
