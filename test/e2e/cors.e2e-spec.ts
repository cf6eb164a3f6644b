import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const SITE = 'https://site.example';
const OTHER = 'https://evil.example';
/** Nobody listens on this port. */
const NOBODY = 'http://127.0.0.1:1';

let upstream: HttpUpstream;
let gateway: RunningGateway;
let before = 0;

/** Fields with which the upstream has rules of its own. */
const upstreamFields = {
  'Access-Control-Allow-Origin': 'https://upstream.example',
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': 'x-upstream',
  Vary: 'Accept-Encoding',
};

beforeAll(async () => {
  upstream = await startHttpUpstream((request, response) => {
    if (request.url === '/api/hang') return;
    const status = request.url === '/api/unchanged' ? 304 : request.url === '/api/missing' ? 404 : 200;
    response.writeHead(status, upstreamFields);
    response.end(status === 304 ? undefined : 'from the upstream');
  });
  gateway = await startGateway({
    upstreams: {
      u: { targets: [{ url: upstream.url }] },
      down: { targets: [{ url: NOBODY }] },
    },
    routes: [
      {
        id: 'api',
        match: { path: '/api/*', methods: ['GET', 'PUT'] },
        upstream: 'u',
        timeoutMs: 100,
        bodyBytesMax: 10,
        cors: {
          origins: [SITE, 'https://*.site.example', 'null'],
          credentials: true,
          exposedHeaders: ['X-Total', 'x-request-id'],
          headers: ['X-Token', 'content-type'],
          maxAgeS: 60,
        },
      },
      { id: 'api-post', match: { path: '/api/*', methods: ['POST'] }, upstream: 'u', cors: { origins: [OTHER] } },
      { id: 'open', match: { path: '/open' }, upstream: 'u', cors: { origins: ['*'] } },
      {
        id: 'listed',
        match: { path: '/listed', methods: ['GET', 'OPTIONS'] },
        upstream: 'u',
        cors: { origins: ['*'], methods: ['GET', 'PATCH'] },
      },
      { id: 'down', match: { path: '/down' }, upstream: 'down', cors: { origins: [SITE] } },
      { id: 'fixed', match: { path: '/fixed' }, respond: { body: 'x' }, cors: { origins: [SITE] } },
      { id: 'moved', match: { path: '/moved' }, redirect: { to: '/fixed' }, cors: { origins: [SITE] } },
      { id: 'without', match: { path: '/without' }, upstream: 'u' },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});
beforeEach(() => {
  before = upstream.requests.length;
});

function preflight(path: string, origin: string, method: string, asked?: string): Promise<Reply> {
  const headers = { origin, 'access-control-request-method': method };
  return call(gateway.url + path, {
    method: 'OPTIONS',
    headers: asked === undefined ? headers : { ...headers, 'access-control-request-headers': asked },
  });
}

/** The members of all lines of Vary, sorted and in lower case. */
function varyOf(reply: Reply): string[] {
  const members = reply.all('vary').flatMap((line) => line.split(','));
  return [...new Set(members.map((member) => member.trim().toLowerCase()))].sort();
}

const allowedOrigin = (reply: Reply): string | undefined => reply.field('access-control-allow-origin');

describe('a preflight', () => {
  it('is answered by the gateway, with the rules of the route', async () => {
    const reply = await preflight('/api/x', SITE, 'PUT', 'x-token');
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(reply.all('content-length')).toEqual([]);
    expect(allowedOrigin(reply)).toBe(SITE);
    expect(reply.field('access-control-allow-credentials')).toBe('true');
    expect(reply.field('access-control-allow-methods')).toBe('GET, PUT, HEAD');
    expect(reply.field('access-control-allow-headers')).toBe('x-token, content-type');
    expect(reply.field('access-control-max-age')).toBe('60');
    expect(upstream.requests).toHaveLength(before);
  });

  it('of an origin that is not allowed is told no origin, and does not reach the upstream', async () => {
    const reply = await preflight('/api/x', OTHER, 'PUT');
    expect(reply.status).toBe(204);
    expect(reply.all('access-control-allow-origin')).toEqual([]);
    expect(reply.all('access-control-allow-credentials')).toEqual([]);
    expect(varyOf(reply)).toContain('origin');
    expect(upstream.requests).toHaveLength(before);
  });

  it('belongs to the route of the method that it asks about', async () => {
    expect(allowedOrigin(await preflight('/api/x', SITE, 'POST'))).toBeUndefined();
    const reply = await preflight('/api/x', OTHER, 'POST');
    expect(allowedOrigin(reply)).toBe(OTHER);
    expect(reply.field('access-control-allow-methods')).toBe('POST');
    expect(reply.all('access-control-allow-credentials')).toEqual([]);
    expect(upstream.requests).toHaveLength(before);
  });

  it('is allowed what it asks for where the route names nothing, and caches are told so', async () => {
    const reply = await preflight('/open', OTHER, 'PURGE', 'x-a, X-B');
    expect(allowedOrigin(reply)).toBe('*');
    expect(reply.field('access-control-allow-methods')).toBe('PURGE');
    expect(reply.field('access-control-allow-headers')).toBe('x-a, X-B');
    expect(reply.field('access-control-max-age')).toBe('600');
    expect(varyOf(reply)).toEqual(['access-control-request-headers', 'access-control-request-method']);
    expect(upstream.requests).toHaveLength(before);
  });

  it('is told the methods that the rules name, whichever the route takes', async () => {
    for (const method of ['GET', 'DELETE']) {
      const reply = await preflight('/listed', SITE, method);
      expect(reply.field('access-control-allow-methods')).toBe('GET, PATCH, HEAD');
    }
    expect(upstream.requests).toHaveLength(before);
  });

  it('is answered where the gateway answers itself, too', async () => {
    for (const path of ['/fixed', '/moved']) {
      const reply = await preflight(path, SITE, 'GET');
      expect([path, reply.status, allowedOrigin(reply)]).toEqual([path, 204, SITE]);
    }
  });

  it('that no route takes is refused', async () => {
    expectProblem(await preflight('/nowhere', SITE, 'GET'), 404, 'no-route');
    const reply = await preflight('/api/x', SITE, 'DELETE');
    expectProblem(reply, 405, 'method-not-allowed');
    expect(reply.field('allow')).toBe('GET, HEAD, POST, PUT');
  });

  it('goes to the upstream where the route has no rules, and its answer comes back as it is', async () => {
    const reply = await preflight('/without', OTHER, 'PUT');
    expect([reply.status, reply.text]).toEqual([200, 'from the upstream']);
    expect(allowedOrigin(reply)).toBe('https://upstream.example');
    expect(reply.all('vary')).toEqual(['Accept-Encoding']);
    expect(upstream.requests).toHaveLength(before + 1);
  });

  it('is none without an origin, or without a method that is asked about', async () => {
    for (const [name, value] of [
      ['origin', SITE],
      ['access-control-request-method', 'GET'],
    ]) {
      const reply = await call(`${gateway.url}/open`, { method: 'OPTIONS', headers: { [name]: value } });
      expect([reply.status, reply.text]).toEqual([200, 'from the upstream']);
    }
    expect(upstream.requests).toHaveLength(before + 2);
  });
});

describe('a request from another origin', () => {
  const from = (origin: string, path = '/api/x'): Promise<Reply> => call(gateway.url + path, { headers: { origin } });

  it('is allowed by name, with credentials, and the fields that scripts may read', async () => {
    const reply = await from(SITE);
    expect([reply.status, reply.text]).toEqual([200, 'from the upstream']);
    expect(allowedOrigin(reply)).toBe(SITE);
    expect(reply.field('access-control-allow-credentials')).toBe('true');
    expect(reply.field('access-control-expose-headers')).toBe('x-total, x-request-id');
    expect(varyOf(reply)).toEqual(['accept-encoding', 'origin']);
    expect(reply.all('access-control-allow-methods')).toEqual([]);
  });

  it.each(['https://a.site.example', 'https://a.b.site.example', 'null'])('%s is allowed', async (origin) => {
    expect(allowedOrigin(await from(origin))).toBe(origin);
  });

  it.each([
    OTHER,
    'http://site.example',
    'https://site.example:8443',
    'https://site.example.evil.example',
    'https://evilsite.example',
    'https://evil.example/.site.example',
    'https://upstream.example',
    '*',
  ])('%s is refused, whatever the upstream says', async (origin) => {
    const reply = await from(origin);
    // The request itself is not forbidden (Fetch standard, section 3.2): the browser keeps the reply from the script.
    expect(reply.status).toBe(200);
    expect(reply.all('access-control-allow-origin')).toEqual([]);
    expect(reply.all('access-control-allow-credentials')).toEqual([]);
    expect(varyOf(reply)).toEqual(['accept-encoding', 'origin']);
  });

  it('is allowed by the star alone where everybody is', async () => {
    const reply = await from(OTHER, '/open');
    expect(allowedOrigin(reply)).toBe('*');
    expect(reply.all('access-control-allow-credentials')).toEqual([]);
    expect(varyOf(reply)).toEqual(['accept-encoding']);
  });

  it('reaches the upstream with its origin', async () => {
    await from(SITE);
    expect(upstream.requests.at(-1)?.headers.origin).toBe(SITE);
  });

  it.each([
    ['/api/unchanged', 304],
    ['/api/missing', 404],
    ['/fixed', 200],
    ['/moved', 308],
  ])('of %s is allowed to read the reply of %i', async (path, status) => {
    const reply = await from(SITE, path);
    expect([reply.status, allowedOrigin(reply)]).toEqual([status, SITE]);
    expect(varyOf(reply)).toContain('origin');
  });

  it('is allowed to read problems of its route', async () => {
    const headers = { origin: SITE };
    const late = await call(`${gateway.url}/api/hang`, { headers });
    expectProblem(late, 504, 'upstream-timeout');
    const large = await call(`${gateway.url}/api/x`, { method: 'PUT', headers, body: 'more than ten bytes' });
    expectProblem(large, 413, 'body-too-large');
    const down = await call(`${gateway.url}/down`, { headers });
    expectProblem(down, 502, 'upstream-unreachable');
    for (const reply of [late, large, down]) {
      expect(allowedOrigin(reply)).toBe(SITE);
      expect(varyOf(reply)).toContain('origin');
    }
    const refused = await call(`${gateway.url}/down`, { headers: { origin: OTHER } });
    expectProblem(refused, 502, 'upstream-unreachable');
    expect(refused.all('access-control-allow-origin')).toEqual([]);
  });
});

describe('a request without an origin', () => {
  it('is told nothing but that the reply depends on one', async () => {
    const reply = await call(`${gateway.url}/api/x`);
    expect(reply.all('access-control-allow-origin')).toEqual([]);
    expect(reply.all('access-control-allow-credentials')).toEqual([]);
    expect(varyOf(reply)).toEqual(['accept-encoding', 'origin']);
  });
});
