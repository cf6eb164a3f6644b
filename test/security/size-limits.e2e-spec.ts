import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { eventually } from '../helpers/eventually.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';
import { wireReplies } from '../helpers/wire-replies.js';

const HEAD_BYTES = 4_096;
const BODY_BYTES = 10_000;
const HOST = 'Host: gateway.example\r\n';
const POST = `POST /a HTTP/1.1\r\n${HOST}`;

describe('a request that is too large', () => {
  let upstream: StrictUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startStrictUpstream();
    gateway = await startGateway({
      server: { headBytesMax: HEAD_BYTES, bodyBytesMax: BODY_BYTES },
      upstreams: { strict: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'all', match: { path: '/*' }, upstream: 'strict' },
        { id: 'small', match: { path: '/small' }, upstream: 'strict', bodyBytesMax: 10 },
        { id: 'large', match: { path: '/large' }, upstream: 'strict', bodyBytesMax: 100_000 },
        { id: 'none', match: { path: '/none' }, upstream: 'strict', bodyBytesMax: 0 },
        { id: 'respond', match: { path: '/respond' }, respond: { body: 'hi' } },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  afterEach(async () => {
    const { replies } = await converse(gateway.port, `${POST}Content-Length: 5\r\n\r\nafter`);
    expect(upstream.broken.splice(0)).toEqual([]);
    expect(upstream.requests.splice(0).pop()).toMatchObject({ body: 'after' });
    expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
  });

  describe('in its head', () => {
    const heads: readonly (readonly [string, string])[] = [
      ['one large field', `GET /a HTTP/1.1\r\n${HOST}X: ${'y'.repeat(HEAD_BYTES)}\r\n\r\n`],
      ['a long path', `GET /${'a'.repeat(HEAD_BYTES)} HTTP/1.1\r\n${HOST}\r\n`],
      ['a long query', `GET /a?${'b'.repeat(HEAD_BYTES)} HTTP/1.1\r\n${HOST}\r\n`],
      ['a long host', `GET /a HTTP/1.1\r\nHost: ${'h'.repeat(HEAD_BYTES)}\r\n\r\n`],
      ['a long name of a field', `GET /a HTTP/1.1\r\n${HOST}${'n'.repeat(HEAD_BYTES)}: 1\r\n\r\n`],
      [
        'a path and fields that are long together',
        `GET /${'a'.repeat(2_500)} HTTP/1.1\r\n${HOST}X: ${'y'.repeat(2_500)}\r\n\r\n`,
      ],
    ];

    it.each(heads)('is refused with 431 and closed (RFC 6585 section 5): %s', async (_what, bytes) => {
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toHaveLength(1);
      expectWireProblem(replies[0], 431, 'head-too-large');
      expect(replies[0].fields).toContain('connection: close');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it.each([
      ['small ones', 'X: y\r\n', 1_000],
      ['ones without a value', 'X:\r\n', 1_100],
      ['more than the parser counts', 'X: y\r\n', 10_000],
    ])('is refused with 431 when it has many fields: %s', async (_what, field, times) => {
      const bytes = `GET /a HTTP/1.1\r\n${HOST}${field.repeat(times)}\r\n`;
      const { replies } = await converse(gateway.port, bytes);
      expectWireProblem(replies[0], 431, 'head-too-large');
      expect(upstream.requests).toEqual([]);
    });

    it('is refused when each field comes in a packet of its own', async () => {
      const fields = Array.from({ length: 50 }, (_, i) => `X-${i}: ${'y'.repeat(100)}\r\n`);
      const { replies, ended } = await converse(gateway.port, [`GET /a HTTP/1.1\r\n${HOST}`, ...fields], {
        replies: Infinity,
      });
      expectWireProblem(replies[0], 431, 'head-too-large');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it('is refused before it ends, and what follows is not read on for long', async () => {
      const client = await RawConnection.open(gateway.port);
      client.write(`GET /a HTTP/1.1\r\n${HOST}`);
      const endless = setInterval(() => client.write(`X: ${'y'.repeat(1_000)}\r\n`), 1);
      await client.until(({ closed }) => closed);
      clearInterval(endless);
      expectWireProblem(wireReplies(client.text)[0], 431, 'head-too-large');
    });

    it('is not refused when it is as large as is allowed', async () => {
      const { replies } = await converse(gateway.port, `GET /a HTTP/1.1\r\n${HOST}X: ${'y'.repeat(3_500)}\r\n\r\n`);
      expect(replies).toMatchObject([{ status: 200 }]);
    });

    it('counts by itself on each request of a connection', async () => {
      const request = `GET /a HTTP/1.1\r\n${HOST}X: ${'y'.repeat(2_500)}\r\n\r\n`;
      const { replies } = await converse(gateway.port, request.repeat(4), { replies: 4 });
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    });
  });

  describe('in its declared body', () => {
    it.each([
      ['by one byte', BODY_BYTES + 1],
      ['by far', 1_000_000_000_000],
      ['beyond 32 bits', 4_294_967_300],
    ])('is refused with 413 before anything of it is read, and the upstream not asked: %s', async (_what, length) => {
      const before = upstream.bytes;
      const { replies, ended } = await converse(gateway.port, `${POST}Content-Length: ${length}\r\n\r\n`, {
        replies: Infinity,
      });
      expect(replies).toHaveLength(1);
      expectWireProblem(replies[0], 413, 'body-too-large');
      expect(replies[0].fields).toContain('connection: close');
      expect(ended).toBe(true);
      expect(upstream.bytes).toBe(before);
    });

    it.each([
      ['/small', 11, 413],
      ['/small', 10, 200],
      ['/large', 100_000, 200],
      ['/large', 100_001, 413],
      ['/none', 1, 413],
      ['/none', 0, 200],
    ])('is judged by the limit of its route: %s takes %i bytes with %i', async (path, length, status) => {
      const request = `POST ${path} HTTP/1.1\r\n${HOST}Content-Length: ${length}\r\n\r\n${'x'.repeat(length)}`;
      const { replies } = await converse(gateway.port, request);
      expect(replies[0].status).toBe(status);
      expect(upstream.requests).toHaveLength(status === 200 ? 1 : 0);
    });

    it('is refused also where no upstream would read it', async () => {
      const { replies } = await converse(
        gateway.port,
        `POST /respond HTTP/1.1\r\n${HOST}Content-Length: ${BODY_BYTES + 1}\r\n\r\n`,
      );
      expectWireProblem(replies[0], 413, 'body-too-large');
    });
  });

  describe('in its chunks', () => {
    const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;

    it.each([
      ['in one chunk', [`${chunk(BODY_BYTES + 1)}0\r\n\r\n`]],
      ['in two', [chunk(BODY_BYTES), `${chunk(1)}0\r\n\r\n`]],
      ['in small ones', Array.from({ length: 50 }, () => chunk(500))],
      ['in one whose end never comes', [`ffffff\r\n${'x'.repeat(BODY_BYTES)}`, 'xxx']],
    ])('is refused with 413, and never complete upstream: %s', async (_what, body) => {
      const { replies, ended } = await converse(gateway.port, [`${POST}Transfer-Encoding: chunked\r\n\r\n`, ...body]);
      expectWireProblem(replies[0], 413, 'body-too-large');
      if (!replies[0].fields.includes('connection: keep-alive')) expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
      await eventually('the upstream is let go', () => upstream.unfinished === 0);
    });

    it('is not read on, and what goes upstream stays within the limit', async () => {
      const before = upstream.bytes;
      const client = await RawConnection.open(gateway.port);
      client.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
      for (let i = 0; i < 200; i++) client.write(chunk(10_000));
      await client.untilClosed();
      expectWireProblem(wireReplies(client.text)[0], 413, 'body-too-large');
      expect(upstream.bytes - before).toBeLessThan(BODY_BYTES + 2_000);
    });

    it('is taken when it is as large as is allowed', async () => {
      const { replies } = await converse(
        gateway.port,
        `${POST}Transfer-Encoding: chunked\r\n\r\n${chunk(BODY_BYTES)}0\r\n\r\n`,
      );
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests[0].body).toHaveLength(BODY_BYTES);
    });
  });

  describe('and whose client keeps sending', () => {
    it.each([
      ['declared', 'Content-Length: 1000000000'],
      ['chunked', 'Transfer-Encoding: chunked'],
    ])('gives its client the reply, and takes little more of it: %s', async (_what, framing) => {
      const client = await RawConnection.open(gateway.port);
      client.write(`${POST}${framing}\r\n\r\n`);
      const piece = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
      const state = { sent: 0, stop: false };
      const sending = (async () => {
        while (!state.stop && !client.closed) {
          if (client.socket.writableLength < 1_000_000) {
            client.write(piece);
            state.sent += piece.length;
          }
          await new Promise(setImmediate);
        }
      })();
      await client.until(({ text }) => wireReplies(text).some(({ complete }) => complete));
      expectWireProblem(wireReplies(client.text)[0], 413, 'body-too-large');
      // Patience ends, by time or by bytes, whatever the client does.
      await client.until(({ closed }) => closed);
      state.stop = true;
      await sending;
      expect(state.sent).toBeLessThan(20_000_000);
    });

    it('gives the reply to many clients that send all at once, none of which sees only a reset', async () => {
      const bytes = `${POST}Content-Length: 200000\r\n\r\n${'x'.repeat(200_000)}`;
      const all = await Promise.all(Array.from({ length: 50 }, () => converse(gateway.port, bytes)));
      for (const { replies } of all) expect(replies).toMatchObject([{ status: 413, complete: true }]);
    });

    it.each([
      ['no route', 'POST /health/x HTTP/1.1\r\nHost: stranger.example\r\n', 404],
      ['a malformed path', `POST /%zz HTTP/1.1\r\n${HOST}`, 400],
      ['a malformed host', 'POST /a HTTP/1.1\r\n', 400],
      ['an answer of the gateway', `POST /respond HTTP/1.1\r\n${HOST}`, 200],
    ])('is not read to its end when the reply needs none of it: %s', async (_what, head, status) => {
      const client = await RawConnection.open(gateway.port);
      client.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
      const endless = setInterval(() => client.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`), 5);
      await client.until(({ closed }) => closed);
      clearInterval(endless);
      expect(wireReplies(client.text)).toMatchObject([{ status, complete: true }]);
    });
  });
});
