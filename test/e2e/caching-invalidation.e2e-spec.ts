import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';
import { eventually } from '../helpers/eventually.js';

let origin: CachedOrigin;
/** Fields of the response to what is no GET. */
let onChange: Record<string, string | string[]>;
let status: number;

beforeAll(async () => {
  const upstream = 'u';
  origin = await CachedOrigin.start(
    {},
    {
      routes: [
        { id: 'read', match: { path: '/c/*', methods: ['GET'] }, upstream, cache: {} },
        { id: 'write', match: { path: '/c/*' }, upstream },
        { id: 'item', match: { path: '/c/items/:id', methods: ['PATCH'] }, upstream },
      ],
    },
  );
});

afterAll(() => origin.close());

beforeEach(() => {
  onChange = {};
  status = 200;
  origin.handler = (request, response) => {
    if (request.method !== 'GET') response.writeHead(status, onChange).end();
    else response.writeHead(200, { 'cache-control': 'max-age=60', 'cache-groups': '"all", "of \\"b\\""' }).end('hello');
  };
});

async function stored(path: string): Promise<string> {
  await origin.get(path);
  expect(cacheResult(await origin.get(path))).toBe('hit');
  return path;
}

describe('a request that changes something', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'LOCK'])('drops what is stored of its URI: %s', async (method) => {
    const path = await stored(origin.fresh());
    const reply = await origin.get(path, {}, method);
    expect(reply.status).toBe(200);
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });

  it.each(['OPTIONS', 'PROPFIND', 'REPORT'])('is not one that is safe: %s', async (method) => {
    const path = await stored(origin.fresh());
    await origin.get(path, {}, method);
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });

  it.each([400, 403, 404, 500, 503])('changes nothing when it fails: %i', async (failure) => {
    const path = await stored(origin.fresh());
    status = failure;
    await origin.get(path, {}, 'POST');
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });

  it('leaves other URIs alone', async () => {
    const path = await stored(origin.fresh());
    await origin.get(`${path}?x=1`, {}, 'POST');
    await origin.get(`${path}/x`, {}, 'POST');
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });

  it.each<[name: string, target: (path: string) => string]>([
    ['location', (path) => path],
    ['content-location', (path) => path],
    ['location', (path) => `.${path.slice(2)}`],
    ['content-location', (path) => `${origin.gateway.url}${path}`],
  ])('drops what it names in %s', async (name, target) => {
    const path = await stored(origin.fresh());
    onChange = { [name]: target(path) };
    status = 201;
    await origin.get('/c/elsewhere', {}, 'POST');
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });

  it.each(['http://example.com', 'https://127.0.0.1', 'http://127.0.0.1:1', '//example.com'])(
    'drops nothing of another origin: %s',
    async (other) => {
      const path = await stored(origin.fresh());
      onChange = { location: other + path, 'content-location': 'http://[' };
      await origin.get('/c/elsewhere', {}, 'POST');
      expect(cacheResult(await origin.get(path))).toBe('hit');
    },
  );

  it('belongs to another route, which drops all the same', async () => {
    const path = await stored('/c/items/1');
    await origin.get(path, {}, 'PATCH');
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });

  it('keeps what is being fetched meanwhile from being stored', async () => {
    const path = origin.fresh();
    const { handler } = origin;
    let release: (() => void) | null = null;
    origin.handler = (request, response) => {
      if (request.method === 'GET') release = () => handler(request, response);
      else handler(request, response);
    };
    const reading = origin.get(path);
    await eventually('the request upstream', () => release !== null);
    await origin.get(path, {}, 'POST');
    (release as (() => void) | null)?.();
    expect((await reading).text).toBe('hello');
    origin.handler = handler;
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });
});

describe('a cache group', () => {
  it.each([
    ['"all"', 'miss'],
    ['"x", "of \\"b\\"";p=1', 'miss'],
    ['"x"', 'hit'],
    ['all', 'hit'],
    ['"all', 'hit'],
    ['"ALL"', 'hit'],
  ])('is invalidated by a change that names it: %s', async (groups, result) => {
    const path = await stored(origin.fresh());
    onChange = { 'cache-group-invalidation': groups };
    await origin.get('/c/elsewhere', {}, 'POST');
    expect(cacheResult(await origin.get(path))).toBe(result);
  });

  it('is not invalidated by the response to a GET', async () => {
    const path = await stored(origin.fresh());
    origin.answers({ 'cache-group-invalidation': '"all"', 'cache-control': 'no-store' });
    await origin.get('/c/other');
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });

  it('belongs to an origin', async () => {
    const path = await stored(origin.fresh());
    onChange = { 'cache-group-invalidation': '"all"' };
    await origin.get('/c/elsewhere', { host: 'other.example' }, 'POST');
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });
});
