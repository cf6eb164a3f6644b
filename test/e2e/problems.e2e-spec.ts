import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Stage, StageHooks } from '@app/gateway';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { problems } from '../../apps/gateway/src/problems/registry.js';
import { Breakers } from '../../apps/gateway/src/resilience/breakers.js';
import { contentOf, readMessage, valuesOf, type WireMessage } from '../helpers/http-message.js';
import { eventually } from '../helpers/eventually.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';
import { hmacToken, TOKEN_SECRET } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Route = NonNullable<ConfigObject['routes']>[number];

/** Fails in the way that tells the most about the inside. */
class Failing implements Stage {
  readonly name = 'failing';
  readonly after = 'body-limit';
  compile({ id }: { id: string }): StageHooks | null {
    if (id !== 'failing') return null;
    return {
      request() {
        throw new Error('connect ECONNREFUSED 127.0.0.1:6379 with password hunter2');
      },
    };
  }
}

const replies: Readonly<Record<string, string>> = {
  '/malformed': 'HTTP/1.1 what? at 10.0.0.7\r\n\r\n',
  '/head': `HTTP/1.1 200 OK\r\nx-secret: ${'s'.repeat(20_000)}\r\n\r\n`,
};

let upstream: RawUpstream;
let gateway: RunningGateway;
let holder: RawConnection | null = null;

beforeAll(async () => {
  upstream = await startRawUpstream(({ socket, received }) => {
    const path = /^[A-Z]+ (\/[a-z]*)/.exec(received)?.[1] ?? '';
    if (path === '/reset') socket.resetAndDestroy();
    else if (path in replies) socket.write(replies[path]);
  });
  const route = (id: string, to = 'u'): Route => ({ id, match: { path: `/${id}` }, upstream: to, timeoutMs: 100 });
  gateway = await startGateway(
    {
      server: { name: 'edge-7', headTimeoutMs: 200, headBytesMax: 4_096 },
      auth: {
        jwt: { secret: TOKEN_SECRET },
        apiKeys: [{ id: 'k', sha256: '0'.repeat(64) }],
        providers: { down: { jwt: { jwks: { url: 'http://127.0.0.1:1' }, algorithms: ['ES256'] } } },
      },
      upstreams: {
        u: { targets: [{ url: upstream.url }], responseHeadBytesMax: 8_192 },
        // Nobody listens on this port.
        down: { targets: [{ url: 'http://127.0.0.1:1' }] },
        broken: { targets: [{ url: upstream.url }], breaker: {} },
        full: { targets: [{ url: upstream.url }], bulkhead: { concurrentMax: 1 } },
      },
      routes: [
        ...['reset', 'malformed', 'head', 'hang', 'failing'].map((id) => route(id)),
        route('down', 'down'),
        route('broken', 'broken'),
        { ...route('full', 'full'), timeoutMs: 60_000 },
        { id: 'closed', match: { path: '/closed' }, respond: {}, auth: { providers: ['jwt'] } },
        { id: 'keys', match: { path: '/keys' }, respond: {}, auth: { providers: ['api-key'] } },
        { id: 'keyless', match: { path: '/keyless' }, respond: {}, auth: { providers: ['down'] } },
        { id: 'elsewhere', match: { path: '/elsewhere' }, respond: {}, ipRules: { allow: ['192.0.2.1'] } },
        { id: 'read', match: { path: '/read', methods: ['GET'] }, respond: {} },
        { id: 'small', match: { path: '/small' }, respond: {}, bodyBytesMax: 3 },
      ],
    },
    { stages: [Failing] },
  );
  gateway.gateway.app.get(Breakers).get('broken')?.force('open');
  // Takes the only place, and keeps it.
  holder = await RawConnection.open(gateway.port);
  holder.write('GET /full HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually('the place is taken', () => upstream.connections.length > 0);
});
afterAll(async () => {
  holder?.destroy();
  await gateway?.close();
  await upstream?.close();
});

/** Sends a head whose lines are given, and gives the reply when the connection has closed. */
async function send(...lines: readonly string[]): Promise<WireMessage> {
  const client = await RawConnection.open(gateway.port);
  try {
    client.write(`${lines.join('\r\n')}\r\n\r\n`);
    return readMessage(await client.untilClosed());
  } finally {
    client.destroy();
  }
}

/** Of the algorithm that its provider takes; what else is wrong with it, no key is there to tell. */
const UNCHECKED_TOKEN = hmacToken({}, { alg: 'ES256' });

/** A request for a path that closes its connection. */
const ask = (path: string, method = 'GET'): string[] => [`${method} ${path} HTTP/1.1`, 'Host: a', 'Connection: close'];

type Name = keyof typeof problems;

/** Without an instance where the path is refused, or the request before its path was known. */
const provoked: readonly (readonly [name: Name, instance: string | null, lines: readonly string[]])[] = [
  ['malformedRequest', null, ['GET / HTTP/1.1', 'Host: a', 'Bad Name: x']],
  ['malformedRequest', '/read', ['POST /read HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked', '', '0', '']],
  ['malformedPath', null, ask('/read/%zz')],
  ['malformedHost', null, ['GET /read HTTP/1.1', 'Host: a b', 'Connection: close']],
  ['credentialsMissing', '/closed', ask('/closed')],
  ['tokenExpired', '/closed', [...ask('/closed'), `Authorization: Bearer ${hmacToken({ exp: 1 })}`]],
  ['apiKeyUnknown', '/keys', [...ask('/keys'), 'X-API-Key: hunter2']],
  ['authKeysUnavailable', '/keyless', [...ask('/keyless'), `Authorization: Bearer ${UNCHECKED_TOKEN}`]],
  ['ipDenied', '/elsewhere', ask('/elsewhere')],
  ['noRoute', '/nowhere', ask('/nowhere?token=hunter2')],
  ['noRoute', '/a/~b', ask('/a/./%7eb')],
  ['noRoute', '/<b>"', ask('/<b>"')],
  ['methodNotAllowed', '/read', ask('/read', 'DELETE')],
  ['bodyTooLarge', '/small', [...ask('/small', 'POST'), 'Content-Length: 4', '', 'four']],
  ['expectationFailed', '/read', [...ask('/read'), 'Expect: the-unexpected']],
  ['headTooLarge', null, [...ask('/read'), `x-large: ${'l'.repeat(5_000)}`]],
  ['internal', '/failing', ask('/failing')],
  ['methodNotImplemented', null, ask('/read', 'FROBNICATE')],
  ['transferCodingNotImplemented', '/read', [...ask('/read', 'POST'), 'Transfer-Encoding: gzip, chunked', '', '0', '']],
  ['upstreamUnreachable', '/down', ask('/down')],
  ['upstreamReset', '/reset', ask('/reset', 'POST')],
  ['upstreamMalformed', '/malformed', ask('/malformed')],
  ['upstreamHeadTooLarge', '/head', ask('/head')],
  ['breakerOpen', '/broken', ask('/broken')],
  ['upstreamOverloaded', '/full', ask('/full')],
  ['upstreamTimeout', '/hang', ask('/hang')],
  ['versionNotSupported', null, ['GET /read HTTP/3.0', 'Host: a']],
  ['loop', '/read', [...ask('/read'), 'Via: 1.1 edge-7']],
];

/**
 * Shown elsewhere: below, with the control plane, where the upstream's address is one that cannot be had here, and with
 * the policies that refuse.
 */
const elsewhere: readonly Name[] = [
  'requestTimeout',
  'managementUnauthorized',
  'managementLimited',
  'upstreamTls',
  'upstreamConnectTimeout',
  'tokenInvalid',
  'forbidden',
  'rateLimited',
  'rateLimitUnavailable',
  'notStored',
  'breakerOpen',
  'upstreamOverloaded',
];

describe('a problem', () => {
  it('of every kind is shown', () => {
    expect(new Set([...provoked.map(([name]) => name), ...elsewhere])).toEqual(new Set(Object.keys(problems)));
  });

  it.each(provoked)('%s of %j is told in the form of RFC 9457', async (name, instance, lines) => {
    const reply = await send(...lines);
    const { code, status, title, detail } = problems[name];
    const body = JSON.parse(contentOf(reply)) as Record<string, unknown>;
    expect(body).toEqual({
      type: `urn:sluice:problem:${code}`,
      title,
      status,
      detail,
      ...(instance === null ? {} : { instance }),
      code,
      requestId: expect.stringMatching(/^[\w.:-]{8,}$/),
    });
    expect(reply.startLine).toMatch(new RegExp(`^HTTP/1\\.1 ${status} \\S`));
    expect(valuesOf(reply, 'content-type')).toEqual(['application/problem+json']);
    expect(valuesOf(reply, 'cache-control')).toEqual(['no-store']);
    expect(valuesOf(reply, 'x-request-id')).toEqual([body['requestId']]);
    expect(valuesOf(reply, 'content-length')).toEqual([String(Buffer.byteLength(reply.rest, 'latin1'))]);
    expect(valuesOf(reply, 'date')).toHaveLength(1);
  });

  it.each(provoked)('%s of %j tells nothing of the inside', async (_, __, lines) => {
    const { startLine, fields, rest } = await send(...lines);
    const told = [startLine, ...fields, rest].join('\n');
    // Addresses and ports, stacks, files, codes of the system, the upstream's own words, and what the client keeps secret.
    expect(told).not.toMatch(/127\.0\.0\.1|localhost|10\.0\.0\.7|:6379|:1\b/);
    expect(told).not.toContain(String(upstream.port));
    expect(told).not.toMatch(/\n\s+at |node:|file:|\.[jt]s\b|\bE[A-Z]{5,}|HPE_|UND_|undici|TypeError|Error:/);
    expect(told).not.toMatch(/hunter2|edge-7|sssss|what\?/);
    expect(fields.filter((field) => /^(?:server|x-powered-by|via):/.test(field))).toEqual([]);
    if (/ 50[024] /.test(startLine)) expect(rest).not.toContain(' at ');
  });

  it.each(['/nowhere', '/failing', '/down', '/hang', '/malformed', '/read/%zz'])(
    'gets the head only when HEAD asked: %s',
    async (path) => {
      const reply = await send(...ask(path, 'HEAD'));
      expect(reply.rest).toBe('');
      expect(reply.startLine).toMatch(/^HTTP\/1\.1 [45]\d\d /);
      expect(valuesOf(reply, 'content-type')).toEqual(['application/problem+json']);
      expect(Number(valuesOf(reply, 'content-length')[0])).toBeGreaterThan(100);
      expect(valuesOf(reply, 'x-request-id')).toHaveLength(1);
    },
  );

  it('of a head that never ends has the same form', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write('GET /read HTTP/1.1\r\nHost: a\r\n');
    const reply = readMessage(await client.untilClosed());
    client.destroy();
    expect(JSON.parse(reply.rest)).toMatchObject({
      code: 'request-timeout',
      status: 408,
      requestId: valuesOf(reply, 'x-request-id')[0],
    });
    expect(valuesOf(reply, 'content-type')).toEqual(['application/problem+json']);
    expect(valuesOf(reply, 'connection')).toEqual(['close']);
  });

  it('has a name of its own each time', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 5; i++) ids.add(valuesOf(await send(...ask('/nowhere')), 'x-request-id')[0]);
    expect(ids.size).toBe(5);
  });
});
