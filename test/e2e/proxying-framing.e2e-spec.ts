import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../helpers/eventually.js';
import { contentOf, readMessage, valuesOf, type WireMessage } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const replies: Readonly<Record<string, string>> = {
  '/length': 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
  '/chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n02\r\nlo\r\n0\r\n\r\n',
  '/upper': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  '/close': 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello',
  '/old': 'HTTP/1.0 200 OK\r\n\r\nhello',
  '/old-length': 'HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello',
  '/old-keep': 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 5\r\n\r\nhello',
  '/close-length': 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello',
  '/empty-chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  '/empty-old': 'HTTP/1.0 200 OK\r\n\r\n',
};
/** Those whose connection ends with the reply. */
const closing = /^\/(?:close|old|old-length|close-length|empty-old)$/;

describe('the framing of messages', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let received = '';

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => answer(connection));
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  beforeEach(() => {
    received = '';
  });

  function answer(connection: UpstreamConnection): void {
    received = connection.received;
    if (!/\r\n\r\n$|hello$/.test(received)) return;
    if (received.includes('transfer-encoding: chunked') && !received.endsWith('0\r\n\r\n')) return;
    if (/content-length: [1-9]/.test(received) && received.endsWith('\r\n\r\n')) return;
    connection.received = '';
    const path = received.split(' ', 2)[1];
    connection.socket.write(replies[path] ?? replies['/length']);
    if (closing.test(path)) connection.socket.end();
  }

  async function ask(
    requestText: string,
    untilClosed: boolean,
  ): Promise<{ client: RawConnection; reply: WireMessage }> {
    const client = await RawConnection.open(gateway.port);
    client.write(requestText);
    if (untilClosed) await client.untilClosed();
    else await client.until(({ text }) => /\r\n\r\n(?:hello|[^]*0\r\n\r\n)$/.test(text));
    return { client, reply: readMessage(client.text) };
  }

  describe('of replies', () => {
    it.each(['/length', '/old-length', '/old-keep', '/close-length'])('keeps a declared length: %s', async (path) => {
      const { client, reply } = await ask(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`, false);
      expect(reply.startLine).toBe('HTTP/1.1 200 OK');
      expect(valuesOf(reply, 'content-length')).toEqual(['5']);
      expect(valuesOf(reply, 'transfer-encoding')).toEqual([]);
      // What the upstream does with its connection is nothing to the client.
      expect(valuesOf(reply, 'connection')).toEqual(['keep-alive']);
      expect(reply.rest).toBe('hello');
      client.destroy();
    });

    it.each(['/chunked', '/upper', '/close', '/old'])('is chunked where no length is known: %s', async (path) => {
      const { client, reply } = await ask(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`, false);
      expect(reply.startLine).toBe('HTTP/1.1 200 OK');
      expect(valuesOf(reply, 'content-length')).toEqual([]);
      expect(valuesOf(reply, 'transfer-encoding')).toEqual(['chunked']);
      expect(valuesOf(reply, 'connection')).toEqual(['keep-alive']);
      expect(contentOf(reply)).toBe('hello');
      client.destroy();
    });

    it.each(['/empty-chunked', '/empty-old'])('ends an empty body: %s', async (path) => {
      const { client, reply } = await ask(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`, false);
      expect(contentOf(reply)).toBe('');
      client.destroy();
    });

    it.each(Object.keys(replies))('is never chunked for a client of HTTP/1.0: %s', async (path) => {
      const { reply } = await ask(`GET ${path} HTTP/1.0\r\nhost: a\r\n\r\n`, true);
      expect(reply.startLine).toBe('HTTP/1.1 200 OK');
      expect(valuesOf(reply, 'transfer-encoding')).toEqual([]);
      expect(valuesOf(reply, 'connection')).toEqual(['close']);
      expect(reply.rest).toBe(path.startsWith('/empty') ? '' : 'hello');
    });

    it('lets a client of HTTP/1.0 keep its connection when it asks to, and the length is known', async () => {
      const { client, reply } = await ask('GET /length HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n', false);
      expect(valuesOf(reply, 'connection')).toEqual(['keep-alive']);
      client.received = Buffer.alloc(0);
      client.write('GET /length HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n');
      await client.until(({ text }) => text.endsWith('hello'));
      client.destroy();
    });

    it('closes after the reply when the client asks for it', async () => {
      const { reply } = await ask('GET /length HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', true);
      expect(valuesOf(reply, 'connection')).toEqual(['close']);
      expect(reply.rest).toBe('hello');
    });

    it('keeps the order of requests that were sent without waiting', async () => {
      const client = await RawConnection.open(gateway.port);
      const paths = ['/chunked', '/length', '/old', '/close-length', '/length'];
      client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`).join(''));
      client.write('GET /length HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      const text = await client.untilClosed();
      expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(6);
      const framings = [...text.matchAll(/(transfer-encoding: chunked|content-length: 5)\r\n/gi)].map(([, f]) => f[0]);
      expect(framings.map((first) => first.toLowerCase()).join('')).toBe('tctccc');
    });
  });

  describe('of requests', () => {
    it('keeps a declared length', async () => {
      const { client } = await ask('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello', false);
      const sent = readMessage(received);
      expect(sent.startLine).toBe('POST / HTTP/1.1');
      expect(valuesOf(sent, 'content-length')).toEqual(['5']);
      expect(valuesOf(sent, 'transfer-encoding')).toEqual([]);
      expect(sent.rest).toBe('hello');
      client.destroy();
    });

    it('keeps a declared length of a client of HTTP/1.0', async () => {
      await ask('POST / HTTP/1.0\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello', true);
      const sent = readMessage(received);
      expect(sent.startLine).toBe('POST / HTTP/1.1');
      expect(valuesOf(sent, 'content-length')).toEqual(['5']);
      expect(sent.rest).toBe('hello');
    });

    it('stays chunked, whatever the chunks and their extensions were', async () => {
      const client = await RawConnection.open(gateway.port);
      client.write('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n');
      for (const piece of ['0', '3;a="b;\\', '"c"', '\r', '\nhe', 'l\r\n2\r\nlo', '\r\n', '0\r\n', '\r\n']) {
        client.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.until(({ text }) => text.endsWith('hello'));
      const sent = readMessage(received);
      expect(valuesOf(sent, 'transfer-encoding')).toEqual(['chunked']);
      expect(valuesOf(sent, 'content-length')).toEqual([]);
      expect(contentOf(sent)).toBe('hello');
      expect(sent.rest).not.toContain(';');
      client.destroy();
    });

    it('has none without a body', async () => {
      const { client } = await ask('GET / HTTP/1.1\r\nhost: a\r\n\r\n', false);
      const sent = readMessage(received);
      expect(valuesOf(sent, 'content-length')).toEqual([]);
      expect(valuesOf(sent, 'transfer-encoding')).toEqual([]);
      client.destroy();
    });

    it('collects a small body that trickles in before the upstream hears of it', async () => {
      const before = upstream.connections.length;
      for (const { socket } of upstream.connections) socket.destroy();
      const client = await RawConnection.open(gateway.port);
      client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n');
      for (const letter of 'hell') {
        client.write(letter);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(upstream.connections.length).toBe(before);
      client.write('o');
      await client.until(({ text }) => text.endsWith('hello'));
      await eventually('it came', () => received.endsWith('hello'));
      client.destroy();
    });
  });
});
