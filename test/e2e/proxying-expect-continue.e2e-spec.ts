import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { readMessage, valuesOf } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const EXPECT = 'POST /up HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n';

describe('a client that waits for 100 Continue', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let current: UpstreamConnection;
  let onData = (_connection: UpstreamConnection): void => undefined;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      current = connection;
      onData(connection);
    });
    gateway = await startGateway({
      server: { bodyBytesMax: 1_000_000 },
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  beforeEach(async () => {
    onData = () => undefined;
    for (const { socket } of upstream.connections) socket.destroy();
    await eventually('earlier connections are gone', () => upstream.connections.every(({ closed }) => closed));
    current = { ...upstream.connections[0], received: '' };
  });

  it.each([
    ['declared', 'content-length: 5\r\n\r\n', 'hello', /\r\n\r\nhello$/],
    ['chunked', 'transfer-encoding: chunked\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', /\r\n5\r\nhello\r\n0\r\n\r\n$/],
  ])('gets it from the upstream, and only then sends its body: %s', async (_kind, framing, body, sent) => {
    const client = await RawConnection.open(gateway.port);
    client.write(EXPECT + framing);
    await eventually('the head reaches the upstream', () => current.received.includes('\r\n\r\n'));
    const head = readMessage(current.received);
    expect(valuesOf(head, 'expect')).toEqual(['100-continue']);
    expect(head.rest).toBe('');
    // Nobody but the upstream says 100.
    await pass(100);
    expect(client.text).toBe('');
    current.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    expect(client.text).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.write(body);
    await eventually('the body reaches the upstream', () => sent.test(current.received));
    current.socket.write('HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok');
    await client.until(({ text }) => text.endsWith('ok'));
    expect(client.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 Created\r\n/);
    expect(valuesOf(readMessage(client.text.slice(25)), 'connection')).toEqual(['keep-alive']);
    client.destroy();
  });

  it.each([
    [401, 'Unauthorized'],
    [413, 'Payload Too Large'],
    [417, 'Expectation Failed'],
    [200, 'OK'],
  ])('gets a final status instead, and is told that the connection ends: %i', async (status, phrase) => {
    onData = ({ received, socket }) => {
      if (received.endsWith('\r\n\r\n')) socket.write(`HTTP/1.1 ${status} ${phrase}\r\ncontent-length: 2\r\n\r\nno`);
    };
    const client = await RawConnection.open(gateway.port);
    client.write(`${EXPECT}content-length: 5\r\n\r\n`);
    await client.until(({ text }) => text.endsWith('no'));
    const reply = readMessage(client.text);
    expect(reply.startLine).toBe(`HTTP/1.1 ${status} ${phrase}`);
    // RFC 9110 section 10.1.1: without the body, what follows cannot be told apart from it.
    expect(valuesOf(reply, 'connection')).toEqual(['close']);
    await client.untilClosed();
    expect(client.text).toMatch(/no$/);
    client.destroy();
    await eventually('the upstream connection is given up', () => current.closed);
    expect(readMessage(current.received).rest).toBe('');
  });

  it('reads the final status when it sends its body at the same moment', async () => {
    onData = ({ received, socket }) => {
      if (received.includes('\r\n\r\n')) socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno');
    };
    const client = await RawConnection.open(gateway.port);
    client.write(`${EXPECT}content-length: 500000\r\n\r\n`);
    client.write(Buffer.alloc(500_000, 'x'));
    await client.until(({ text }) => text.endsWith('no'));
    expect(client.text).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    client.destroy();
  });

  it('may lose its patience and send the body without a 100', async () => {
    onData = ({ received, socket }) => {
      if (received.endsWith('hello')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    };
    const client = await RawConnection.open(gateway.port);
    client.write(`${EXPECT}content-length: 5\r\n\r\n`);
    await pass(50);
    client.write('hello');
    await client.until(({ text }) => text.endsWith('ok'));
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    client.destroy();
  });

  it('may expect it although it has no body', async () => {
    onData = ({ received, socket }) => {
      if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    };
    const reply = await call(`${gateway.url}/up`, { headers: { expect: '100-continue' } });
    expect(reply.text).toBe('ok');
  });

  it('gets other interim responses before and after it', async () => {
    onData = ({ received, socket }) => {
      if (received.endsWith('\r\n\r\n')) {
        socket.write(
          'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n',
        );
      } else if (received.endsWith('hello')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    };
    const client = await RawConnection.open(gateway.port);
    client.write(`${EXPECT}content-length: 5\r\n\r\n`);
    await client.until(({ text }) => text.includes('102'));
    client.write('hello');
    await client.until(({ text }) => text.endsWith('ok'));
    expect(client.text.match(/^HTTP\/1\.1 (\d+)/gm)).toEqual(['103', '100', '102', '200'].map((s) => `HTTP/1.1 ${s}`));
    client.destroy();
  });

  it('gets 502 when the upstream leaves instead of answering', async () => {
    onData = ({ received, socket }) => {
      if (received.endsWith('\r\n\r\n')) socket.destroy();
    };
    const client = await RawConnection.open(gateway.port);
    client.write(`${EXPECT}content-length: 5\r\n\r\n`);
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect(text).toContain('"code":"upstream-reset"');
    client.destroy();
  });

  it('gets 502 when the upstream switches protocols instead', async () => {
    onData = ({ received, socket }) => {
      if (received.endsWith('\r\n\r\n')) {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
      }
    };
    const client = await RawConnection.open(gateway.port);
    client.write(`${EXPECT}content-length: 5\r\n\r\n`);
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    client.destroy();
  });

  it('is refused with 413 before it sends a body that is too large', async () => {
    const connections = upstream.connections.length;
    const client = await RawConnection.open(gateway.port);
    client.write(`${EXPECT}content-length: 1000001\r\n\r\n`);
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"code":"body-too-large"');
    expect(upstream.connections.length).toBe(connections);
    client.destroy();
  });

  it('is not expected to exist in HTTP/1.0: the field is ignored', async () => {
    onData = ({ received, socket }) => {
      if (received.endsWith('hello')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    };
    const client = await RawConnection.open(gateway.port);
    client.write('POST /up HTTP/1.0\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\nhello');
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
    expect(valuesOf(readMessage(current.received), 'expect')).toEqual([]);
    client.destroy();
  });

  it.each(['200-ok', '100-continue2'])(
    'gets 417 for every other expectation, and the upstream nothing: %s',
    async (expectation) => {
      const connections = upstream.connections.length;
      const reply = await call(`${gateway.url}/up`, {
        method: 'POST',
        headers: { expect: expectation },
        body: 'hello',
      });
      expectProblem(reply, 417, 'expectation-failed');
      expect(upstream.connections.length).toBe(connections);
    },
  );
});
