import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { readMessage, valuesOf } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const TRAILED =
  'HTTP/1.1 200 OK\r\ntrailer: x-sum, x-more\r\ntransfer-encoding: chunked\r\ncontent-type: text/plain\r\n\r\n' +
  '5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\nContent-Type: x/y\r\nSet-Cookie: a=b\r\n\r\n';

describe('trailer fields', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let received = '';

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      const { received: text, socket } = connection;
      const chunked = text.includes('transfer-encoding: chunked');
      if (chunked ? !/\r\n0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(text) : !text.endsWith('\r\n\r\n')) return;
      received = text;
      connection.received = '';
      if (text.includes(' /announced-204')) socket.write('HTTP/1.1 204 No Content\r\ntrailer: x-sum\r\n\r\n');
      else if (text.startsWith('HEAD')) socket.write('HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ncontent-length: 2\r\n\r\n');
      else if (text.includes(' /announced'))
        socket.write('HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ncontent-length: 2\r\n\r\nok');
      else socket.write(text.startsWith('GET /trailed') ? TRAILED : 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'raw', match: { path: '/*' }, upstream: 'raw' },
        { id: 'small', match: { path: '/trailed/compressed' }, upstream: 'raw', compression: true },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  describe('of a reply', () => {
    it('reach a client that takes them, but for those that were needed before the body', async () => {
      const reply = await call(`${gateway.url}/trailed`, { headers: { te: 'trailers' } });
      expect(reply.text).toBe('hello');
      expect(reply.field('trailer')).toBe('x-sum, x-more');
      expect(reply.trailers).toEqual(['x-sum', '1', 'x-more', '2']);
    });

    it.each([
      ['none', {}],
      ['gzip', { te: 'gzip' }],
    ])('are kept from a client that does not ask for them: %s', async (_te, headers) => {
      const reply = await call(`${gateway.url}/trailed`, { headers });
      expect(reply.text).toBe('hello');
      expect(reply.trailers).toEqual([]);
    });

    it('are kept from a client of HTTP/1.0', async () => {
      const client = await RawConnection.open(gateway.port);
      client.write('GET /trailed HTTP/1.0\r\nhost: a\r\nte: trailers\r\n\r\n');
      const reply = readMessage(await client.untilClosed());
      expect(reply.rest).toBe('hello');
    });

    it('are dropped when the body is compressed on its way, since they may speak of its bytes', async () => {
      const headers = { te: 'trailers', 'accept-encoding': 'gzip' };
      const reply = await call(`${gateway.url}/trailed/compressed`, { headers });
      expect(reply.field('content-encoding')).toBe('gzip');
      expect(reply.trailers).toEqual([]);
    });

    it.each([
      ['HEAD', '/announced', '1.1'],
      ['GET', '/announced', '1.1'],
      ['GET', '/announced', '1.0'],
      ['GET', '/announced-204', '1.1'],
    ])('may be announced where none can follow: %s %s in HTTP/%s', async (method, path, version) => {
      const client = await RawConnection.open(gateway.port);
      client.write(`${method} ${path} HTTP/${version}\r\nhost: a\r\nconnection: close\r\n\r\n`);
      expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 20[04] [^]*\r\n\r\n(?:ok)?$/);
    });

    it('leave the connection in order', async () => {
      const client = await RawConnection.open(gateway.port);
      const ask = 'GET /trailed HTTP/1.1\r\nhost: a\r\nte: trailers\r\n\r\n';
      client.write(ask + ask);
      await client.until(({ text }) => text.match(/x-more: 2\r\n\r\n/g)?.length === 2);
      expect(client.text.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(2);
      client.destroy();
    });
  });

  describe('of a request', () => {
    async function send(head: string, trailers: string): Promise<string> {
      const client = await RawConnection.open(gateway.port);
      client.write(
        `POST /x HTTP/1.1\r\nhost: a\r\n${head}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n${trailers}\r\n`,
      );
      await client.until(({ text }) => text.endsWith('ok'));
      client.destroy();
      return received;
    }

    it('reach the upstream when they were announced', async () => {
      const sent = readMessage(await send('trailer: x-sum\r\n', 'X-Sum: 1\r\n'));
      expect(valuesOf(sent, 'trailer')).toEqual(['x-sum']);
      expect(valuesOf(sent, 'transfer-encoding')).toEqual(['chunked']);
      expect(sent.rest).toBe('5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n');
    });

    it('may be announced and not come', async () => {
      expect(readMessage(await send('trailer: x-sum\r\n', '')).rest).toBe('5\r\nhello\r\n0\r\n\r\n');
    });

    it('are dropped when they were not announced', async () => {
      expect(readMessage(await send('', 'X-Sum: 1\r\n')).rest).toBe('5\r\nhello\r\n0\r\n\r\n');
    });

    it.each([
      'Content-Type: x/y',
      'Host: evil',
      'Authorization: Bearer x',
      'Cookie: a=b',
      'If-Match: "x"',
      'X-User-ID: root',
      'X-Tenant-ID: other',
      'X-Forwarded-For: 1.2.3.4',
      'Forwarded: for=1.2.3.4',
      'Via: 1.1 x',
      'X-Request-ID: mine',
      'Connection: close',
    ])('never say what a client must not say in its head: %s', async (line) => {
      const sent = readMessage(await send('trailer: x-sum\r\n', `X-Sum: 1\r\n${line}\r\n`));
      expect(sent.rest).toBe('5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n');
    });

    it('are asked for at the upstream only when the client takes them', async () => {
      await call(`${gateway.url}/x`, { headers: { te: 'trailers;q=0.5, gzip' } });
      expect(valuesOf(readMessage(received), 'te')).toEqual(['trailers']);
      await call(`${gateway.url}/x`, { headers: { te: 'gzip' } });
      expect(valuesOf(readMessage(received), 'te')).toEqual([]);
    });
  });
});
