import { Agent } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const EVIL = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-for: nobody\r\n\r\nevil';

/** Replies that do not end where they say. `{}` is the name of the client that asked. */
const wrong: Readonly<Record<string, string>> = {
  'longer by bytes': 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-for: {}\r\n\r\ngood and more',
  'longer by a whole reply': `HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-for: {}\r\n\r\ngood${EVIL}`,
  'longer by many replies': `HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-for: {}\r\n\r\ngood${EVIL.repeat(20)}`,
  'longer behind the last chunk': `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-for: {}\r\n\r\n4\r\ngood\r\n0\r\n\r\n${EVIL}`,
  'longer than nothing': `HTTP/1.1 204 No Content\r\nx-for: {}\r\n\r\n${EVIL}`,
  'longer than not modified': `HTTP/1.1 304 Not Modified\r\nx-for: {}\r\ncontent-length: 4\r\n\r\ngood${EVIL}`,
  'longer than an empty body': `HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-for: {}\r\n\r\n${EVIL}`,
};

describe('messages that do not end where they say', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let reply = (_name: string): string => '';

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      if (!connection.received.endsWith('\r\n\r\n')) return;
      const name = /\r\nx-name: (\S+)/.exec(connection.received)?.[1] ?? 'unnamed';
      connection.received = '';
      connection.socket.write(reply(name));
    });
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }], keepAlive: { connectionsMax: 4 } } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterEach(() => untilIdle(gateway));

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const agents = Array.from({ length: 6 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  afterAll(() => agents.forEach((agent) => agent.destroy()));

  const as = (client: number, nth: number, method = 'GET'): Promise<Reply> =>
    call(gateway.url, { method, agent: agents[client], headers: { 'x-name': `c${client}-${nth}` } });

  it.each(Object.keys(wrong))('never give one client what was not made for it: a reply %s', async (kind) => {
    reply = (name) => wrong[kind].replace('{}', name);
    await Promise.all(
      agents.map(async (_, client) => {
        for (let nth = 0; nth < 15; nth++) {
          const got = await as(client, nth);
          expect(got.field('x-for')).toBe(`c${client}-${nth}`);
          expect(['good', '']).toContain(got.text);
        }
      }),
    );
  });

  it('never give HEAD what was not made for it', async () => {
    reply = (name) => wrong['longer by a whole reply'].replace('{}', name);
    await Promise.all(
      agents.map(async (_, client) => {
        for (let nth = 0; nth < 10; nth++) {
          const got = await as(client, nth, nth % 2 === 0 ? 'HEAD' : 'GET');
          expect(got.field('x-for')).toBe(`c${client}-${nth}`);
        }
      }),
    );
  });

  it('cut a reply that is shorter than declared, and give the rest to nobody', async () => {
    reply = (name) =>
      name.endsWith('-short')
        ? `HTTP/1.1 200 OK\r\ncontent-length: 400\r\nx-for: ${name}\r\n\r\nshort`
        : `HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-for: ${name}\r\n\r\ngood`;
    const cut = RawConnection.open(gateway.port).then(async (client) => {
      client.write('GET / HTTP/1.1\r\nhost: a\r\nx-name: a-short\r\n\r\n');
      await client.until(({ text }) => text.endsWith('short'));
      for (const { socket } of upstream.connections) socket.end();
      await client.until(({ ended, closed }) => ended || closed);
      expect(client.text).toMatch(/\r\n\r\nshort$/);
      client.destroy();
    });
    await cut;
    for (let nth = 0; nth < 10; nth++) expect((await as(0, nth)).field('x-for')).toBe(`c0-${nth}`);
  });

  it('keep a client waiting for what is missing, not another', async () => {
    reply = (name) =>
      name === 'slow'
        ? 'HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\nhello'
        : `HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-for: ${name}\r\n\r\ngood`;
    const slow = await RawConnection.open(gateway.port);
    slow.write('GET / HTTP/1.1\r\nhost: a\r\nx-name: slow\r\n\r\n');
    await slow.until(({ text }) => text.endsWith('hello'));
    for (let nth = 0; nth < 20; nth++) expect((await as(nth % 6, nth)).field('x-for')).toBe(`c${nth % 6}-${nth}`);
    expect(slow.text).toMatch(/hello$/);
    slow.destroy();
  });

  describe('from a client', () => {
    let heads: string[] = [];
    let own: RunningGateway;
    let strict: RawUpstream;

    beforeAll(async () => {
      strict = await startRawUpstream((connection) => {
        // Reads one message after another off the connection, by its framing alone.
        for (;;) {
          const end = connection.received.indexOf('\r\n\r\n') + 4;
          if (end < 4) return;
          const head = connection.received.slice(0, end);
          const length = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
          let total = end + length;
          if (head.includes('transfer-encoding: chunked')) {
            const last = connection.received.indexOf('0\r\n\r\n', end);
            if (last < 0) return;
            total = last + 5;
          }
          if (connection.received.length < total) return;
          heads.push(head.split('\r\n', 1)[0]);
          connection.received = connection.received.slice(total);
          connection.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        }
      });
      own = await startGateway({
        upstreams: { strict: { targets: [{ url: strict.url }], keepAlive: { connectionsMax: 1 } } },
        routes: [{ id: 'strict', match: { path: '/*' }, upstream: 'strict' }],
      });
    });

    afterAll(async () => {
      await own?.close();
      await strict?.close();
    });

    it.each([
      [
        'a body longer than declared',
        'POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nhost: a\r\n\r\n',
      ],
      [
        'a GET with a body',
        'GET /a HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nhost: a\r\n\r\n',
      ],
      [
        'a chunked body with more behind it',
        'POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET /b HTTP/1.1\r\nhost: a\r\n\r\n',
      ],
      [
        'a DELETE with a chunked body',
        'DELETE /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET /b HTTP/1.1\r\nhost: a\r\n\r\n',
      ],
    ])('are two requests at the upstream as they are at the gateway: %s', async (_what, text) => {
      heads = [];
      const client = await RawConnection.open(own.port);
      client.write(text);
      await client.until(({ text: got }) => got.match(/\r\n\r\nok/g)?.length === 2);
      expect(heads).toHaveLength(2);
      expect(heads[0]).toMatch(/^(?:POST|GET|DELETE) \/a HTTP\/1\.1$/);
      expect(heads[1]).toBe('GET /b HTTP/1.1');
      client.destroy();
    });

    it.each([
      [
        'declared',
        'POST /cut HTTP/1.1\r\nhost: a\r\ncontent-length: 50000\r\n\r\nGET /evil HTTP/1.1\r\nhost: a\r\n\r\n',
      ],
      ['small', 'POST /cut HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\nGET /evil HTTP/1.1\r\nhost: a\r\n\r\n'],
      [
        'chunked',
        'POST /cut HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n22\r\nGET /evil HTTP/1.1\r\nhost: a\r\n\r\n',
      ],
    ])('are never completed by another request when they break off: %s', async (_kind, text) => {
      heads = [];
      const client = await RawConnection.open(own.port);
      client.write(text);
      await new Promise((resolve) => setTimeout(resolve, 50));
      client.destroy();
      await untilIdle(own);
      for (let i = 0; i < 5; i++) expect((await call(`${own.url}/next`)).text).toBe('ok');
      await eventually('all came', () => heads.length === 5);
      expect(heads).toEqual(Array.from({ length: 5 }, () => 'GET /next HTTP/1.1'));
    });
  });
});
