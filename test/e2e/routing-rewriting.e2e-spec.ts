import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { call, type CallOptions, type Reply } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Route = Pick<NonNullable<ConfigObject['routes']>[number], 'match' | 'rewrite' | 'headers'>;

interface Forwarded {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly string[];
  readonly body: string;
}

let upstream: HttpUpstream;
let gateway: RunningGateway;

const upstreamFields = {
  server: 'secret/1.0',
  'x-powered-by': 'x',
  'x-kept': 'kept',
  'set-cookie': ['a=1', 'b=2'],
  'cache-control': 'private',
};

/** Tells the client what has come, with fields that rules may work on. */
async function tell(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', rawHeaders: fields } = request;
  const content: Forwarded = { method, url, fields, body: await text(request) };
  response.writeHead(200, upstreamFields).end(JSON.stringify(content));
}

function givenRoutes(routes: readonly Route[]): void {
  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => void tell(request, response));
    gateway = await startGateway({
      upstreams: { u: { targets: [{ url: upstream.url }] } },
      routes: routes.map((route, i) => ({ id: `r${i}`, upstream: 'u', ...route })),
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });
}

/** What the upstream got of a request. */
async function forwarded(path: string, options?: CallOptions): Promise<Forwarded> {
  return (await call(gateway.url + path, options)).json as Forwarded;
}

function valuesIn({ fields }: Forwarded, name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1].toLowerCase() === name);
}

describe('a path without a rule', () => {
  givenRoutes([{ match: { path: '/plain/:id/*' } }]);

  it.each([
    ['/plain/1', '/plain/1'],
    ['/plain/1/', '/plain/1/'],
    ['/plain/a%20b/c%2cd?q=%61&r=/../', '/plain/a%20b/c%2Cd?q=%61&r=/../'],
    ['/plain/%7euser/x', '/plain/~user/x'],
  ])('%s is forwarded as it matched: %s', async (path, expected) => {
    expect((await forwarded(path)).url).toBe(expected);
  });

  it('keeps its question mark when nothing stands behind it', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write('GET /plain/1? HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await client.untilClosed()).toContain('"url":"/plain/1?"');
    client.destroy();
  });
});

describe('a stripped prefix', () => {
  givenRoutes([
    { match: { path: '/api/v1/*' }, rewrite: { stripPrefix: '/api/v1' } },
    { match: { path: '/t/:tenant/*' }, rewrite: { stripPrefix: '/t/:tenant' } },
    { match: { path: '/part/of/*' }, rewrite: { stripPrefix: '/part' } },
    { match: { path: '/slash/*' }, rewrite: { stripPrefix: '/slash/' } },
    { match: { path: '/none/*' }, rewrite: { stripPrefix: '/' } },
    { match: { path: '/~enc/*' }, rewrite: { stripPrefix: '/~enc' } },
  ]);

  it.each([
    ['/api/v1/users/7', '/users/7'],
    ['/api/v1/users/', '/users/'],
    ['/api/v1/', '/'],
    ['/api/v1', '/'],
    ['/api/v1?x=1', '/?x=1'],
    ['/api/v1/api/v1', '/api/v1'],
    ['/api/v1/a%20b?c=%20', '/a%20b?c=%20'],
    ['/t/acme/x', '/x'],
    ['/t/a%2Cb', '/'],
    ['/part/of/x', '/of/x'],
    ['/part/of', '/of'],
    ['/slash/x', '/x'],
    ['/slash', '/'],
    ['/none/x', '/none/x'],
    ['/%7Eenc/x', '/x'],
    ['/api//v1/users', '/users'],
  ])('of %s leaves %s', async (path, expected) => {
    expect((await forwarded(path)).url).toBe(expected);
  });
});

describe('a new path', () => {
  givenRoutes([
    { match: { path: '/old/:id/*' }, rewrite: { path: '/new/*' } },
    { match: { path: '/swap/:a/:b' }, rewrite: { path: '/:b/and/:a' } },
    { match: { path: '/twice/:a' }, rewrite: { path: '/:a/:a' } },
    { match: { path: '/fixed/*' }, rewrite: { path: '/fixed.html' } },
    { match: { path: '/root/*' }, rewrite: { path: '/*' } },
    { match: { path: '/into/:id/*' }, rewrite: { path: '/v2/:id/of/*' } },
  ]);

  it.each([
    ['/old/7/x/y', '/new/x/y'],
    ['/old/7/x/', '/new/x/'],
    ['/old/7/', '/new/'],
    ['/old/7', '/new'],
    ['/swap/1/2', '/2/and/1'],
    ['/swap/%3Aa/%2A', '/%2A/and/%3Aa'],
    ['/swap/:b/:a', '/:a/and/:b'],
    ['/twice/x', '/x/x'],
    ['/fixed/a/b', '/fixed.html'],
    ['/root', '/'],
    ['/root/', '/'],
    ['/root/a/b?c=d', '/a/b?c=d'],
    ['/into/a%20b/c%3Fd?e=f?g', '/v2/a%20b/of/c%3Fd?e=f?g'],
    ['/swap/$&/$1', '/$1/and/$&'],
  ])('is made of %s: %s', async (path, expected) => {
    expect((await forwarded(path)).url).toBe(expected);
  });

  it('leaves the method and the body alone', async () => {
    expect(await forwarded('/swap/1/2', { method: 'PUT', body: 'x' })).toMatchObject({
      method: 'PUT',
      url: '/2/and/1',
      body: 'x',
    });
  });
});

describe('rules for request fields', () => {
  givenRoutes([
    {
      match: { path: '/rules' },
      headers: {
        request: {
          add: { 'X-Added': 'more', 'X-Both': 'added' },
          set: { 'X-Set': 'ours', 'X-Both': 'set', Authorization: 'Basic abc' },
          remove: ['Cookie', 'X-Added-No'],
        },
      },
    },
    { match: { path: '/none' } },
  ]);
  const headers = {
    'X-Added': 'theirs',
    'x-SET': ['theirs', 'again'],
    'X-Both': 'theirs',
    cookie: 'a=1',
    authorization: 'Bearer token',
    'X-Other': 'other',
  };

  it('add beside what is there, replace every line, and remove', async () => {
    const request = await forwarded('/rules', { headers });
    expect(valuesIn(request, 'x-added')).toEqual(['theirs', 'more']);
    expect(valuesIn(request, 'x-set')).toEqual(['ours']);
    expect(valuesIn(request, 'x-both')).toEqual(['set', 'added']);
    expect(valuesIn(request, 'authorization')).toEqual(['Basic abc']);
    expect(valuesIn(request, 'cookie')).toEqual([]);
    expect(valuesIn(request, 'x-other')).toEqual(['other']);
  });

  it('write fields that the client did not send', async () => {
    const request = await forwarded('/rules');
    expect(valuesIn(request, 'x-added')).toEqual(['more']);
    expect(valuesIn(request, 'x-set')).toEqual(['ours']);
  });

  it('hold on their route only', async () => {
    const request = await forwarded('/none', { headers });
    expect(valuesIn(request, 'x-added')).toEqual(['theirs']);
    expect(valuesIn(request, 'x-set')).toEqual(['theirs', 'again']);
    expect(valuesIn(request, 'cookie')).toEqual(['a=1']);
  });

  it('are not told to the client', async () => {
    const reply = await call(`${gateway.url}/rules`);
    expect(reply.all('x-set')).toEqual([]);
  });
});

describe('rules for response fields', () => {
  const response = {
    add: { 'X-Kept': 'more', Vary: 'X-Plan' },
    set: { 'Cache-Control': 'no-store', 'Strict-Transport-Security': 'max-age=1', 'set-cookie': 'c=3' },
    remove: ['Server', 'x-powered-by'],
  };
  givenRoutes([{ match: { path: '/rules' }, headers: { response } }, { match: { path: '/none' } }]);

  const expectRules = (reply: Reply): void => {
    expect(reply.all('server')).toEqual([]);
    expect(reply.all('x-powered-by')).toEqual([]);
    expect(reply.all('cache-control')).toEqual(['no-store']);
    expect(reply.all('strict-transport-security')).toEqual(['max-age=1']);
    expect(reply.all('set-cookie')).toEqual(['c=3']);
    expect(reply.all('vary')).toEqual(['X-Plan']);
  };

  it('add beside what is there, replace every line, and remove', async () => {
    const reply = await call(`${gateway.url}/rules`);
    expectRules(reply);
    expect(reply.all('x-kept')).toEqual(['kept', 'more']);
    expect(reply.json).toMatchObject({ url: '/rules' });
  });

  it('hold on replies to HEAD', async () => {
    expectRules(await call(`${gateway.url}/rules`, { method: 'HEAD' }));
  });

  it('hold on problems of their route', async () => {
    const reply = await call(`${gateway.url}/rules`, { method: 'POST', headers: { 'content-length': '99999999' } });
    expect(reply.status).toBe(413);
    expectRules(reply);
  });

  it('hold on their route only', async () => {
    const reply = await call(`${gateway.url}/none`);
    expect(reply.all('server')).toEqual(['secret/1.0']);
    expect(reply.all('set-cookie')).toEqual(['a=1', 'b=2']);
    expect(reply.all('strict-transport-security')).toEqual([]);
  });
});
