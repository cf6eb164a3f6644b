import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NativeClient, type NativeClientOptions } from '@app/upstream-client';
import { eventually } from '../helpers/eventually.js';
import { heldBufferBytes } from '../helpers/held-memory.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { ask, begin } from '../helpers/upstream-client/exchange.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const MB = 1_048_576;

/** Sends one piece after another for as long as they are taken, and the connection lives. */
function flood({ socket }: UpstreamConnection, piece: string): void {
  const bytes = Buffer.from(piece, 'latin1');
  const more = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(bytes));
    if (!socket.destroyed) socket.once('drain', more);
  };
  more();
}

describe('an upstream that means no good', () => {
  let upstream: RawUpstream;
  let client: NativeClient;
  let answer: (connection: UpstreamConnection) => void;
  let greet: (connection: UpstreamConnection) => void;

  beforeEach(async () => {
    greet = (): void => undefined;
    upstream = await startRawUpstream((connection) => {
      if (!connection.received.endsWith('\r\n\r\n')) return;
      connection.received = '';
      answer(connection);
    });
  });

  afterEach(async () => {
    // Whatever it did: nothing of it is used again, and the next exchange is as ever.
    await eventually('the connection is gone', () => client.stats().open === 0);
    answer = ({ socket }) => socket.write(OK);
    greet = (): void => undefined;
    expect((await ask(client)).body).toBe('ok');
    client.destroy();
    await client.drain();
    await upstream.close();
  });

  function open(options: Partial<NativeClientOptions> = {}): NativeClient {
    client = new NativeClient({
      origin: upstream.url,
      headersTimeoutMs: 2_000,
      idleTimeoutMs: 2_000,
      responseHeadBytesMax: 16_384,
      ...options,
    });
    return client;
  }

  it('cannot keep an exchange with a byte now and then', async () => {
    answer = ({ socket }) => {
      const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write('H')), 10);
      timer.unref();
      socket.on('close', () => clearInterval(timer));
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    };
    expect((await ask(open({ headersTimeoutMs: 150 }))).error).toBe('headers-timeout');
  });

  it.each([
    ['one field', 'HTTP/1.1 200 OK\r\nx: ', 'y'.repeat(65_536), 'head-bytes'],
    ['a million fields', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'.repeat(10_000), 'field-count'],
    ['a reason phrase', 'HTTP/1.1 200 ', 'y'.repeat(65_536), 'head-bytes'],
    ['a field name', 'HTTP/1.1 200 OK\r\n', 'x'.repeat(65_536), 'head-bytes'],
    ['blanks before a value', 'HTTP/1.1 200 OK\r\nx:', ' '.repeat(65_536), 'head-bytes'],
  ])('cannot send a head without end: %s', async (_, start, piece, reason) => {
    answer = (connection) => {
      connection.socket.write(start);
      flood(connection, piece);
    };
    const one = open();
    expect((await ask(one)).error).toBe(`head-too-large: ${reason}`);
    expect(one.stats().bytesReceived).toBeLessThan(MB);
  });

  it('cannot send interim responses without end', async () => {
    answer = (connection) => flood(connection, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000));
    const got = await ask(open());
    expect([got.error, got.interim.length]).toEqual(['malformed: interim-count', 100]);
  });

  it.each([
    [
      'extensions',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
      '1;abcdefgh=ijklmnop\r\nx\r\n'.repeat(1_000),
      'chunk-extension',
    ],
    ['one extension', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;', 'x'.repeat(65_536), 'chunk-extension'],
    [
      'trailers',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n',
      'x: y\r\n'.repeat(10_000),
      'field-count',
    ],
    ['zeros before a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '0'.repeat(65_536), 'chunk-size'],
  ])('cannot send what frames a body without end: %s', async (_, start, piece, reason) => {
    answer = (connection) => {
      connection.socket.write(start);
      flood(connection, piece);
    };
    expect((await ask(open())).error).toBe(`malformed: ${reason}`);
  });

  it('cannot make a receiver that pauses hold more than a moment of it', async () => {
    answer = (connection) => {
      connection.socket.write('HTTP/1.1 200 OK\r\n\r\n');
      flood(connection, 'x'.repeat(65_536));
    };
    const running = begin(open(), {}, { onData: () => false });
    await eventually('it began', () => running.chunks.length > 0);
    const before = heldBufferBytes();
    await eventually('the kernel takes no more', () => upstream.connections[0].socket.writableNeedDrain);
    expect(running.chunks).toHaveLength(1);
    await eventually('little of it is held', () => heldBufferBytes() - before < MB);
    running.exchange?.abort();
  });

  it.each([
    [
      'a chunk of 2^64 bytes',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10000000000000000\r\nx',
      'chunk-size',
    ],
    ['a chunk of -1 bytes', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\nx', 'chunk-size'],
    ['a length of -1', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nx', 'content-length'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\ncontent-length: 0x10\r\n\r\nx', 'content-length'],
    ['a length of 2^64', 'HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551616\r\n\r\nx', 'content-length'],
    ['an identity coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\nx', 'transfer-encoding'],
    ['both framings', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 'framing'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nx: \0\r\n\r\n', 'field-value'],
    ['a bare CR', 'HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n', 'line-end'],
    ['a bare LF', 'HTTP/1.1 200 OK\nx: a\r\n\r\n', 'line-end'],
    ['a record of TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 'version'],
    ['a frame of HTTP/2', '\0\0\x12\x04\0\0\0\0\0', 'version'],
  ])('is refused when it sends %s', async (_, reply, reason) => {
    answer = ({ socket }) => socket.write(Buffer.from(reply, 'latin1'));
    expect((await ask(open())).error).toBe(`malformed: ${reason}`);
  });

  it('is refused when it answers before it is asked', async () => {
    greet = ({ socket }) => socket.write(OK);
    await upstream.close();
    upstream = await startRawUpstream(
      (connection) => answer(connection),
      (connection) => greet(connection),
    );
    answer = (): void => undefined;
    expect((await ask(open())).error).toBe('malformed: unasked');
  });

  it('gives nobody its second response', async () => {
    answer = ({ socket }) => socket.write(OK + OK.replace('ok', 'no'));
    const one = open();
    const bodies = await Promise.all(Array.from({ length: 20 }, async () => (await ask(one)).body));
    expect(new Set(bodies)).toEqual(new Set(['ok']));
    await eventually('all are gone', () => one.stats().open === 0);
  });

  it.each([
    ['before the head', '', 'reset: waiting'],
    ['in the head', 'HTTP/1.1 200 OK\r\nx', 'reset: head'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', 'reset: body'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab', 'reset: body'],
    ['in the trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx', 'reset: body'],
  ])('fails its exchange when it resets %s', async (_, reply, error) => {
    const one = open();
    answer = ({ socket }) => {
      socket.write(reply);
      const read = one.stats().bytesReceived + reply.length;
      void eventually('that was read', () => one.stats().bytesReceived === read).then(() => socket.resetAndDestroy());
    };
    expect((await ask(one)).error).toBe(error);
  });
});
