import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request, STATUS_CODES, type IncomingMessage } from 'node:http';
import { buffer, json } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { ListenError, startDemoServices, type DemoServices } from './demo-services.js';

const ports = { users: 0, auth: 0, tenants: 0, notifications: 0 };

function sendJson(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
}

describe('the demo services', () => {
  let services: DemoServices;
  let users: string;
  let tenants: string;
  let notifications: string;

  beforeAll(async () => {
    services = await startDemoServices({ ports, jwtSecret: 'a-secret-for-the-tests', drainTimeoutMs: 1000 });
    users = `${services.urls.users}/api/v1/users`;
    tenants = `${services.urls.tenants}/api/v1/tenants`;
    notifications = `${services.urls.notifications}/api/v1/notifications`;
  });

  afterAll(() => services.close());

  it('say that they are well', async () => {
    for (const url of Object.values(services.urls)) {
      const response = await fetch(`${url}/health`);
      expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
    }
  });

  it('name the service, the address and the variable when a port is taken', async () => {
    const taken = Number(new URL(services.urls.auth).port);
    const attempt = startDemoServices({ ports: { ...ports, auth: taken } });
    await expect(attempt).rejects.toThrow(ListenError);
    await expect(attempt).rejects.toThrow(
      `The demo service auth cannot listen on 127.0.0.1 port ${taken}: the port is in use. Set DEMO_AUTH_PORT`,
    );
  });

  it('answer what they do not know, and what they cannot decode, with a problem', async () => {
    for (const [path, status] of [
      ['/nothing', 404],
      ['/%zz', 400],
    ] as const) {
      const response = await fetch(services.urls.users + path);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ status, title: STATUS_CODES[status] });
    }
  });

  describe('users', () => {
    it('are created, read, replaced, changed and deleted', async () => {
      const created = await fetch(users, sendJson('POST', { name: 'Zoe', email: 'zoe@acme.example' }));
      expect(created.status).toBe(201);
      const location = new URL(created.headers.get('location') ?? '', users).href;
      expect(await (await fetch(location)).json()).toMatchObject({ name: 'Zoe', role: 'member' });

      const replaced = await fetch(location, sendJson('PUT', { name: 'Zoë', email: 'z@acme.example', role: 'admin' }));
      expect(await replaced.json()).toMatchObject({ name: 'Zoë', email: 'z@acme.example', role: 'admin' });
      const changed = await fetch(location, sendJson('PATCH', { name: 'Zo' }));
      expect(await changed.json()).toMatchObject({ name: 'Zo', role: 'admin' });

      const deleted = await fetch(location, { method: 'DELETE' });
      expect([deleted.status, await deleted.text()]).toEqual([204, '']);
      expect((await fetch(location)).status).toBe(404);
      expect((await fetch(location, { method: 'DELETE' })).status).toBe(404);
    });

    it('are listed page by page', async () => {
      const response = await fetch(`${users}?limit=1&offset=1`);
      expect(await response.json()).toMatchObject({ items: [{ id: 'u-2' }], limit: 1, offset: 1 });
      expect((await fetch(`${users}?limit=0`)).status).toBe(400);
    });

    it('are refused with every error at once', async () => {
      const response = await fetch(users, sendJson('POST', { name: '', email: 'no', extra: 1 }));
      expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
      const { errors } = (await response.json()) as { errors: { path: string }[] };
      expect(errors.map(({ path }) => path)).toEqual(['name', 'email', '']);
      expect((await fetch(users, sendJson('PATCH', {}))).status).toBe(404);
      expect((await fetch(`${users}/u-1`, sendJson('PATCH', {}))).status).toBe(400);
    });

    it('are refused when the body does not parse or is too large', async () => {
      expect((await fetch(users, { ...sendJson('POST', {}), body: '{' })).status).toBe(400);
      expect((await fetch(users, sendJson('POST', { name: 'x'.repeat(70_000) }))).status).toBe(413);
    });

    it('are created from JSON that comes as plain text, as `ab -p` sends it', async () => {
      const body = JSON.stringify({ name: 'Ab', email: 'ab@acme.example' });
      const headers = { 'content-type': 'text/plain' };
      const created = await fetch(users, { method: 'POST', headers, body });
      expect([created.status, await created.json()]).toEqual([201, expect.objectContaining({ name: 'Ab' })]);
      expect((await fetch(users, { method: 'POST', headers, body: 'Ab' })).status).toBe(400);
    });

    it('carry an entity tag that saves reads and guards changes', async () => {
      const head = await fetch(`${users}/u-3`, { method: 'HEAD' });
      const tag = head.headers.get('etag') ?? '';
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
      expect((await fetch(`${users}/u-3`, { headers: { 'if-none-match': tag } })).status).toBe(304);
      expect((await fetch(`${users}/u-3`, sendJson('PATCH', { name: 'C' }, { 'if-match': tag }))).status).toBe(200);
      expect((await fetch(`${users}/u-3`, sendJson('PATCH', { name: 'D' }, { 'if-match': tag }))).status).toBe(412);
      expect((await fetch(`${users}/u-3`, { headers: { 'if-none-match': tag } })).status).toBe(200);
    });
  });

  describe('auth', () => {
    it('gives a token for the right password only', async () => {
      const url = `${services.urls.auth}/api/v1/auth/token`;
      const granted = await fetch(url, sendJson('POST', { username: 'alice', password: 'alice-password' }));
      expect(granted.headers.get('cache-control')).toBe('no-store');
      expect(await granted.json()).toEqual({
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: 'Bearer',
        expires_in: 3600,
      });
      const refused = await fetch(url, sendJson('POST', { username: 'alice', password: 'guess' }));
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
    });

    it('says who the gateway says is asking', async () => {
      const url = `${services.urls.auth}/api/v1/auth/me`;
      const known = await fetch(url, { headers: { 'x-user-id': 'u-1', 'x-tenant-id': 'acme' } });
      expect(await known.json()).toEqual({ userId: 'u-1', tenantId: 'acme' });
      expect(await (await fetch(url)).json()).toEqual({ userId: null, tenantId: null });
    });
  });

  it('list and read tenants', async () => {
    expect(await (await fetch(tenants)).json()).toMatchObject({ total: 3 });
    expect(await (await fetch(`${tenants}/acme`)).json()).toMatchObject({ id: 'acme' });
    expect((await fetch(`${tenants}/nope`)).status).toBe(404);
  });

  describe('notifications', () => {
    it('stream as many events as asked for', async () => {
      const response = await fetch(`${notifications}/stream?everyMs=5&count=3`);
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      const events = (await response.text()).split('\n\n').filter(Boolean);
      expect(events).toHaveLength(3);
      expect(events[2]).toMatch(/^id: 3\nevent: tick\ndata: \{"number":3,/);
    });

    it('reach every stream and socket when published, and are listed', async () => {
      const stream = await fetch(`${notifications}/stream?everyMs=60000&count=2`);
      const socket = new WebSocket(`${notifications.replace('http', 'ws')}/ws?everyMs=60000`);
      await once(socket, 'open');
      const pushed = once(socket, 'message');
      const published = await fetch(notifications, sendJson('POST', { message: 'hello' }));
      expect(published.status).toBe(201);
      expect(await published.json()).toMatchObject({ message: 'hello', listeners: 2 });
      expect(await stream.text()).toMatch(/event: notification\ndata: \{"id":"n-\d+","message":"hello"/);
      expect(JSON.parse(String((await pushed)[0]))).toMatchObject({ notification: { message: 'hello' } });
      socket.close();
      await once(socket, 'close');
      const { items } = (await (await fetch(notifications)).json()) as { items: { message: string }[] };
      expect(items.at(-1)).toMatchObject({ message: 'hello' });
    });

    it('forget a stream and a socket that left', async () => {
      const leaving = new AbortController();
      await fetch(`${notifications}/stream`, { signal: leaving.signal });
      const socket = new WebSocket(`${notifications.replace('http', 'ws')}/ws`);
      await once(socket, 'open');
      leaving.abort();
      socket.terminate();
      let listeners = -1;
      while (listeners !== 0) {
        const published = await fetch(notifications, sendJson('POST', { message: 'anybody there?' }));
        ({ listeners } = (await published.json()) as { listeners: number });
      }
      expect(listeners).toBe(0);
    });

    it('echo text and bytes over the socket, and tick', async () => {
      const socket = new WebSocket(`${notifications.replace('http', 'ws')}/ws?everyMs=20`);
      await once(socket, 'open');
      const [tick] = await once(socket, 'message');
      expect(JSON.parse(String(tick))).toMatchObject({ tick: { number: 1 } });
      const answers: unknown[] = [];
      const answered = new Promise<void>((resolve) => {
        socket.on('message', (data) => {
          const message = JSON.parse((data as Buffer).toString()) as object;
          if ('echo' in message) answers.push(message);
          if (answers.length === 2) resolve();
        });
      });
      socket.send('grüße');
      socket.send(Buffer.from([1, 2, 255]));
      await answered;
      expect(answers).toEqual([{ echo: 'grüße' }, { echo: 'AQL/', encoding: 'base64' }]);
      socket.close();
      await once(socket, 'close');
    });

    it('want an upgrade: an ordinary request gets 426', async () => {
      expect((await fetch(`${notifications}/ws`)).status).toBe(426);
    });

    it.each([
      ['?everyMs=0', 400],
      ['?demo=status=503', 503],
      ['?demo=nonsense', 400],
    ])('refuse the handshake at ws%s with %i', async (query, status) => {
      const socket = new WebSocket(`${notifications.replace('http', 'ws')}/ws${query}`);
      const [clientRequest, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      expect(clientRequest).toBeDefined();
      expect(response.statusCode).toBe(status);
      response.resume();
    });
  });

  describe('echo', () => {
    it.each(['GET', 'POST', 'DELETE', 'OPTIONS', 'QUERY', 'PURGE', 'PROPFIND'])('answers %s', async (method) => {
      const outgoing = request(`${tenants}/echo?a=%41&a=b`, { method, headers: { 'X-Twice': ['1', '2'] } });
      outgoing.end();
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      const answer = (await json(response)) as { headers: unknown[] };
      expect(answer).toMatchObject({ method, url: '/api/v1/tenants/echo?a=%41&a=b', bodyBytes: 0 });
      expect(answer.headers).toEqual(
        expect.arrayContaining([
          ['X-Twice', '1'],
          ['X-Twice', '2'],
        ]),
      );
    });

    it.each(['application/json', 'text/plain', 'not a media type', ''])(
      'hashes a body that claims to be %j, past the limit for JSON, with its trailers',
      async (type) => {
        const body = Buffer.alloc(300_000, 'body');
        const outgoing = request(`${users}/echo`, {
          method: 'POST',
          headers: { ...(type && { 'content-type': type }), trailer: 'X-Sum' },
        });
        outgoing.write(body.subarray(0, 100_000));
        outgoing.addTrailers({ 'X-Sum': '42' });
        outgoing.end(body.subarray(100_000));
        const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
        expect(await json(response)).toMatchObject({
          bodyBytes: 300_000,
          bodySha256: createHash('sha256').update(body).digest('hex'),
          trailers: [['X-Sum', '42']],
        });
      },
    );
  });

  describe('faults', () => {
    async function failure(url: string): Promise<unknown> {
      const outgoing = request(url, { agent: false }).end();
      const [first] = await Promise.race([once(outgoing, 'response'), once(outgoing, 'error')]).catch(
        (error: unknown) => [error],
      );
      if (!('statusCode' in first)) return first;
      return buffer(first as IncomingMessage).then(
        () => null,
        (error: unknown) => error,
      );
    }

    it('are asked for by query or header, on every service and any path', async () => {
      for (const url of Object.values(services.urls)) {
        const byQuery = await fetch(`${url}/anywhere?x=1&demo=status%3D503`);
        const byHeader = await fetch(`${url}/health`, { headers: { 'x-demo': 'status=418' } });
        expect([byQuery.status, byHeader.status]).toEqual([503, 418]);
      }
      expect((await fetch(`${users}/echo?demo=delay=1`, { headers: { 'x-demo': 'status=202' } })).status).toBe(202);
    });

    it('are refused with the list of valid ones', async () => {
      const response = await fetch(`${users}?demo=slow`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ detail: expect.stringContaining('delay=0..120000') });
    });

    it('answer after the delay', async () => {
      const response = await fetch(`${users}/u-1?demo=delay=20`);
      expect(await response.json()).toMatchObject({ id: 'u-1' });
    });

    it('stream a large body with and without its length', async () => {
      for (const [directives, length] of [
        ['large=1000000', '1000000'],
        ['large=1000000,chunked', null],
      ] as const) {
        const response = await fetch(`${users}?demo=${directives}`);
        expect(response.headers.get('content-length')).toBe(length);
        expect((await response.arrayBuffer()).byteLength).toBe(1_000_000);
      }
    });

    it('cut the body halfway, with and without its length', async () => {
      for (const directives of ['drop', 'drop,chunked,large=500000']) {
        expect(await failure(`${users}?demo=${directives}`)).toMatchObject({ code: 'ECONNRESET' });
      }
    });

    it('reset the connection before any byte', async () => {
      expect(await failure(`${users}?demo=reset`)).toMatchObject({ code: 'ECONNRESET' });
    });
  });

  it('end hangs, delays, streams and sockets when they close', async () => {
    const closing = await startDemoServices({ ports, drainTimeoutMs: 60_000 });
    const hung = fetch(`${closing.urls.users}/?demo=hang`).catch(() => 'cut');
    const delayed = fetch(`${closing.urls.tenants}/api/v1/tenants?demo=delay=100000`).then(({ status }) => status);
    const stream = await fetch(`${closing.urls.notifications}/api/v1/notifications/stream`);
    const socket = new WebSocket(`${closing.urls.notifications.replace('http', 'ws')}/api/v1/notifications/ws`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    // The hang and the delay have begun once a request that was sent after them is answered.
    for (const name of ['users', 'tenants'] as const) await fetch(`${closing.urls[name]}/health`);
    await closing.close();
    expect(await hung).toBe('cut');
    expect(await delayed).toBe(200);
    await expect(stream.text()).resolves.toContain('event: tick');
    expect((await closed)[0]).toBe(1001);
    await expect(fetch(`${closing.urls.users}/health`)).rejects.toThrow('fetch failed');
  });
});
