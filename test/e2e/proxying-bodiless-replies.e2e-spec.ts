import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const replies: Readonly<Record<string, string>> = {
  '/head-length': 'HTTP/1.1 200 OK\r\ncontent-length: 1234\r\nx-kind: length\r\n\r\n',
  '/head-chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-kind: chunked\r\n\r\n',
  '/head-bare': 'HTTP/1.1 200 OK\r\nx-kind: bare\r\n\r\n',
  '/head-missing': 'HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n',
  '/204': 'HTTP/1.1 204 No Content\r\nx-kind: none\r\n\r\n',
  '/204-length': 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n',
  '/204-lies': 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello',
  '/205': 'HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\n\r\n',
  '/304': 'HTTP/1.1 304 Not Modified\r\netag: "x"\r\n\r\n',
  '/304-length': 'HTTP/1.1 304 Not Modified\r\netag: "x"\r\ncontent-length: 1234\r\n\r\n',
  '/empty': 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
};

describe('replies without a body', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      const { received, socket } = connection;
      if (!received.endsWith('\r\n\r\n')) return;
      connection.received = '';
      socket.write(replies[received.split(' ', 2)[1]]);
    });
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  /** Two requests on one connection: a reply whose end is misread would spoil the second. */
  async function twice(method: string, path: string): Promise<string> {
    const client = await RawConnection.open(gateway.port);
    client.write(`${method} ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    const first = client.text;
    client.write('GET /empty HTTP/1.1\r\nhost: a\r\n\r\n');
    await client.until(({ text }) => text.length > first.length && text.endsWith('\r\n\r\n'));
    expect(client.text.slice(first.length)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    client.destroy();
    return first;
  }

  it('keep the length that a GET would have had, for HEAD', async () => {
    const head = await twice('HEAD', '/head-length');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toMatch(/\r\ncontent-length: 1234\r\n/i);
    expect(head).toMatch(/\r\n\r\n$/);
  });

  it.each(['/head-chunked', '/head-bare'])('end with the head for HEAD when no length is known: %s', async (path) => {
    const head = await twice('HEAD', path);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).not.toMatch(/\r\ncontent-length:/i);
    expect(head).toMatch(/\r\n\r\n$/);
  });

  it('keep the status of a failed HEAD', async () => {
    expect(await twice('HEAD', '/head-missing')).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  });

  it.each(['/204', '/204-length', '/204-lies'])(
    'carry no framing field for 204, whatever the upstream said (RFC 9110 section 8.6): %s',
    async (path) => {
      const head = await twice('GET', path);
      expect(head).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
      expect(head).not.toMatch(/\r\n(?:content-length|transfer-encoding):/i);
      expect(head).toMatch(/\r\n\r\n$/);
    },
  );

  it('are complete for 205', async () => {
    expect(await twice('GET', '/205')).toMatch(/^HTTP\/1\.1 205 Reset Content\r\n[^]*\r\n\r\n$/);
  });

  it('carry no body for 304, and keep its validator', async () => {
    const head = await twice('GET', '/304');
    expect(head).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
    expect(head).toContain('\r\netag: "x"\r\n');
    expect(head).not.toMatch(/\r\ntransfer-encoding:/i);
    expect(head).toMatch(/\r\n\r\n$/);
  });

  it('may tell for 304 how long the body would be', async () => {
    const head = await twice('GET', '/304-length');
    expect(head).toMatch(/\r\ncontent-length: 1234\r\n/i);
    expect(head).toMatch(/\r\n\r\n$/);
  });

  it('leave the connection of the client open', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const path of ['/204', '/304', '/empty', '/head-length']) {
      const method = path === '/head-length' ? 'HEAD' : 'GET';
      agent.once('free', (socket) => ports.add(socket.localPort));
      await call(`${gateway.url}${path}`, { method, agent });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  it('never let what an upstream sends behind a 204 reach another client', async () => {
    for (let i = 0; i < 10; i++) {
      const [bodiless, next] = await Promise.all([call(`${gateway.url}/204-lies`), call(`${gateway.url}/empty`)]);
      expect(bodiless.status).toBe(204);
      expect(next.status).toBe(200);
      expect(next.body).toHaveLength(0);
    }
  });
});
