import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Identity } from '@app/gateway';
import { call } from '../helpers/call.js';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';
import { converse } from '../helpers/converse.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startRawUpstream } from '../helpers/raw-upstream.js';
import { stageOf } from '../helpers/stage-of.js';
import { startGateway } from '../helpers/start-gateway.js';

let origin: CachedOrigin;

/** Believes `x-as: provider|tenant|subject|key`, as a stage that has proven it would. */
const authenticate = stageOf(
  {
    request(context) {
      const [provider, tenant, subject, apiKey] = context.head.field('x-as')?.split('|') ?? [];
      if (provider === undefined) return undefined;
      const identity: Identity = { provider, tenant, subject, apiKey, roles: [], permissions: [], claims: {} };
      context.identity = identity;
      return undefined;
    },
  },
  'of-the-test',
  'body-limit',
);

beforeAll(async () => {
  const upstream = 'u';
  origin = await CachedOrigin.start(
    {},
    {
      routes: (['auto', 'public', 'tenant', 'user'] as const).map((scope) => ({
        id: scope,
        match: { path: scope === 'auto' ? '/c/*' : `/${scope}/*` },
        upstream,
        cache: { scope },
      })),
    },
    { stages: [authenticate] },
  );
});

afterAll(() => origin.close());

let control: string;
beforeEach(() => {
  control = 'max-age=60';
  let version = 0;
  origin.handler = (_, response) => response.writeHead(200, { 'cache-control': control }).end(`made ${++version}`);
});

type Fields = Record<string, string>;
const withCredentials: readonly Fields[] = [{ authorization: 'Bearer x' }, { cookie: 'session=1' }];
const ann: Fields = { 'x-as': 'p|t1|ann|' };
const bob = { 'x-as': 'p|t1|bob|' };
const cid = { 'x-as': 'p|t2|ann|' };

describe('a stored response', () => {
  it('is for the user that it was made for, and for nobody else', async () => {
    const path = origin.fresh();
    const texts = [];
    for (const who of [ann, bob, cid, {}, ann, bob, cid, {}]) texts.push((await origin.get(path, who)).text);
    expect(texts).toEqual(['made 1', 'made 2', 'made 3', 'made 4', 'made 1', 'made 2', 'made 3', 'made 4']);
  });

  it.each(['public, max-age=60', 's-maxage=60'])('is for everybody when it says so: %s', async (value) => {
    control = value;
    const path = origin.fresh();
    for (const who of [ann, bob, {}, ...withCredentials]) {
      expect((await origin.get(path, who)).text).toBe('made 1');
    }
  });

  it('of an anonymous request is not given to who is known, and the other way round', async () => {
    const path = origin.fresh();
    await origin.get(path);
    expect((await origin.get(path, ann)).text).toBe('made 2');
    expect((await origin.get(path)).text).toBe('made 1');
  });

  it.each([
    ['max-age=60', 'miss'],
    ['max-age=60, must-revalidate', 'miss'],
    ['public, max-age=60', 'hit'],
    ['s-maxage=60', 'hit'],
    ['private, public, max-age=60', 'miss'],
  ])('of a request with credentials that nobody here knows: %s is a %s', async (value, result) => {
    control = value;
    for (const credentials of withCredentials) {
      const path = origin.fresh();
      await origin.get(path, credentials);
      expect(cacheResult(await origin.get(path, credentials))).toBe(result);
      expect(cacheResult(await origin.get(path))).toBe(result);
    }
  });

  it('of an anonymous request is not given to one with credentials', async () => {
    const path = origin.fresh();
    await origin.get(path);
    expect((await origin.get(path, { cookie: 'session=1' })).text).toBe('made 2');
    expect((await origin.get(path)).text).toBe('made 1');
  });

  it('is for a whole tenant, or for everybody, where the route says so', async () => {
    origin.fresh();
    for (const [who, text] of [
      [ann, 'made 1'],
      [bob, 'made 1'],
      [cid, 'made 2'],
    ] as const) {
      expect((await origin.get('/tenant/a', who)).text).toBe(text);
    }
    for (const who of [ann, cid, {}, ...withCredentials])
      expect((await origin.get('/public/a', who)).text).toBe('made 3');
  });

  it('is for one alone where the route says so, whatever it says itself', async () => {
    control = 'public, max-age=60';
    origin.fresh();
    await origin.get('/user/a', ann);
    expect((await origin.get('/user/a', bob)).text).toBe('made 2');
    expect(cacheResult(await origin.get('/user/a'))).toBe('bypass');
    expect(cacheResult(await origin.get('/tenant/x'))).toBe('bypass');
  });

  it('is never for all who have no name', async () => {
    const nameless = { 'x-as': 'p|||' };
    for (const path of [origin.fresh(), '/user/b', '/tenant/b']) {
      await origin.get(path, nameless);
      expect(cacheResult(await origin.get(path, nameless))).not.toBe('hit');
    }
    // Users without a tenant are no tenant.
    await origin.get('/tenant/c', { 'x-as': 'p||ann|' });
    expect(cacheResult(await origin.get('/tenant/c', { 'x-as': 'p||bob|' }))).toBe('miss');
  });

  it('is not shared by names that run into one another', async () => {
    const path = origin.fresh();
    const names = ['p|a|b|', 'p|a:1|b|', 'p|ab||', 'p||ab|', 'p||a|b', 'p|||ab', 'q|a|b|', 'p|a|b1:|', 'pa||b|'];
    for (const name of names) await origin.get(path, { 'x-as': name });
    expect(origin.asked).toBe(names.length);
  });

  it('is not waited for by who may not have it', async () => {
    const path = origin.fresh();
    const texts = await Promise.all([ann, bob, ann, bob].map(async (who) => (await origin.get(path, who)).text));
    expect(texts[0]).toBe(texts[2]);
    expect(texts[1]).toBe(texts[3]);
    expect(texts[0]).not.toBe(texts[1]);
  });
});

describe('the key of a stored response', () => {
  it('tells hosts and ports apart, and only those that are different', async () => {
    origin.fresh();
    const path = `/c/host-${Date.now()}`;
    const ask = async (host: string): Promise<string> => (await origin.get(path, { host })).text;
    const first = await ask('example.com');
    for (const same of ['EXAMPLE.com', 'example.com:80', 'example.com.', 'example.com:080', 'example.com:']) {
      expect([same, await ask(same)]).toEqual([same, first]);
    }
    const others = ['example.com:8080', 'example.com:443', 'www.example.com', 'example.co', 'm', '[::1]', '[::1]:80'];
    const texts = [];
    for (const other of others) texts.push(await ask(other));
    expect(texts).not.toContain(first);
    expect(new Set(texts).size).toBe(others.length - 1);
  });

  it('is that of the path which the upstream gets, however it is written', async () => {
    control = 'max-age=60';
    const { port } = origin.gateway;
    const text = async (target: string): Promise<string> => {
      const { replies } = await converse(port, `GET ${target} HTTP/1.1\r\nhost: e.test\r\nconnection: close\r\n\r\n`);
      return replies[0].body;
    };
    const first = await text('/c/p%61th/x');
    expect(await text('/c//path/./y/../x')).toBe(first);
    expect(await text('http://E.test/c/path/x')).toBe(first);
    for (const other of ['/c/Path/x', '/c/path/x/', '/c/path/x?', '/c/path%3Fx', '/c/path/x?x=/c/path/x']) {
      expect(await text(other)).not.toBe(first);
    }
  });

  it.each(['x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url', 'X-HTTP-Method'])(
    'is not asked for with a field that may change the request behind it: %s',
    async (name) => {
      const path = origin.fresh();
      expect(cacheResult(await origin.get(path, { [name]: 'POST' }))).toBe('bypass');
      expect(cacheResult(await origin.get(path))).toBe('miss');
    },
  );

  it('is not asked for with a body', async () => {
    const path = origin.fresh();
    const { replies } = await converse(
      origin.gateway.port,
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${origin.gateway.port}\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx`,
    );
    expect(replies[0].fields).toContain('cache-status: sluice; fwd=bypass');
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });
});

describe('a response with two lengths', () => {
  it('is refused, and stored by nobody', async () => {
    const upstream = await startRawUpstream(({ socket }) => {
      socket.end('HTTP/1.1 200 OK\r\ncache-control: max-age=60\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\nhello');
    });
    const gateway = await startGateway({
      upstreams: { u: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'r', match: { path: '/*' }, upstream: 'u', cache: {} }],
    });
    for (let i = 0; i < 2; i++) expectProblem(await call(`${gateway.url}/x`), 502, 'upstream-malformed');
    expect(upstream.connections.length).toBeGreaterThanOrEqual(2);
    await gateway.close();
    await upstream.close();
  });
});
