import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataPlane } from '../../apps/gateway/src/pipeline/data-plane.js';
import { bytes, digest, digestOf } from '../helpers/byte-stream.js';
import { eventually, pass } from '../helpers/eventually.js';
import { readMessage, valuesOf } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const MB = 1_048_576;
const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade, X-Theirs\r\nUpgrade: Echo/1\r\nx-theirs: 1\r\nKeep-Alive: timeout=5\r\nx-own: yes\r\n\r\n';

function ask(upgrade: string, more = ''): string {
  return `GET /x HTTP/1.1\r\nhost: a\r\nconnection: keep-alive, Upgrade, X-Hop\r\nupgrade: ${upgrade}\r\nx-hop: 1\r\n${more}\r\n`;
}

describe('an upgrade to another protocol', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let current: UpstreamConnection | null = null;
  let onHead = (_connection: UpstreamConnection): void => undefined;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      if (connection === current || !connection.received.includes('\r\n\r\n')) return;
      current = connection;
      onHead(connection);
    });
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw', upgrades: ['Echo/1'] }],
    });
  });

  beforeEach(() => {
    current = null;
    onHead = ({ socket }) => {
      socket.write(SWITCH);
      socket.pipe(socket);
    };
  });

  afterEach(async () => {
    for (const { socket } of upstream.connections) socket.destroy();
    await eventually('no request is left', () => gateway.gateway.app.get(DataPlane).active === 0);
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const sent = (): UpstreamConnection => {
    if (current === null) throw new Error('nothing reached the upstream');
    return current;
  };

  it('is asked of the upstream, and its answer passed on without the fields of the hop', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    const asked = readMessage(sent().received);
    expect(valuesOf(asked, 'upgrade')).toEqual(['echo/1']);
    expect(valuesOf(asked, 'connection').map((value) => value.toLowerCase())).toEqual(['upgrade']);
    expect(valuesOf(asked, 'x-hop')).toEqual([]);
    const answer = readMessage(client.text);
    expect(answer.startLine).toBe('HTTP/1.1 101 Switching Protocols');
    expect(valuesOf(answer, 'upgrade').map((value) => value.toLowerCase())).toEqual(['echo/1']);
    expect(valuesOf(answer, 'connection')).toEqual(['upgrade']);
    expect(valuesOf(answer, 'x-own')).toEqual(['yes']);
    expect(valuesOf(answer, 'x-theirs')).toEqual([]);
    expect(valuesOf(answer, 'keep-alive')).toEqual([]);
    client.destroy();
  });

  it('carries any bytes both ways, also those sent along with the head', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(`${ask('Echo/1')}early `);
    await client.until(({ text }) => text.endsWith('early '));
    client.write(Buffer.from([0, 255, 13, 10, 13, 10]));
    await client.until(({ text }) => text.endsWith('\r\n\r\nearly \0\xff\r\n\r\n'));
    client.destroy();
  });

  it('carries bytes that the upstream sends in one piece with its answer', async () => {
    onHead = ({ socket }) => socket.write(`${SWITCH}first bytes`);
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    await client.until(({ text }) => text.endsWith('\r\n\r\nfirst bytes'));
    client.destroy();
  });

  it('loses nothing of many bytes, and stops the sender while nobody reads', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    const { socket } = client;
    socket.removeAllListeners('data');
    socket.pause();
    for (const piece of bytes(96 * MB)) socket.write(piece);
    for (let last = -1; last !== socket.writableLength;) {
      last = socket.writableLength;
      await pass(300);
    }
    expect(socket.writableLength).toBeGreaterThan(48 * MB);
    socket.end();
    expect(await digest(socket)).toEqual(digestOf(96 * MB));
  });

  it('lets one side end and the other go on', async () => {
    onHead = ({ socket }) => {
      socket.removeAllListeners('end');
      socket.write(SWITCH);
      socket.on('end', () => setTimeout(() => socket.end('last words'), 50));
    };
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    client.socket.end('question');
    expect(await client.untilClosed()).toMatch(/last words$/);
  });

  it('ends at both sides when one is reset', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    client.socket.resetAndDestroy();
    await eventually('the upstream is closed', () => sent().closed);
    const other = await RawConnection.open(gateway.port);
    current = null;
    other.write(ask('echo/1'));
    await other.until(({ text }) => text.includes('\r\n\r\n'));
    sent().socket.resetAndDestroy();
    await other.until(({ closed, ended }) => closed || ended);
    other.destroy();
  });

  it('may be answered in HTTP', async () => {
    onHead = ({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhttp');
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    await client.until(({ text }) => text.endsWith('http'));
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    client.destroy();
  });

  it('to what nobody asked for is refused with 502', async () => {
    onHead = ({ socket }) => socket.write(SWITCH.replace('Echo/1', 'other'));
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 502 [^]*"code":"upstream-malformed"/);
    await eventually('the upstream is closed', () => sent().closed);
    client.destroy();
  });

  it('that is still being answered does not hold up the end of the gateway', async () => {
    onHead = () => undefined;
    const own = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw', upgrades: ['echo/1'] }],
    });
    const client = await RawConnection.open(own.port);
    client.write(ask('echo/1'));
    await eventually('it arrives', () => current !== null);
    expect(await own.close(100)).toBe(false);
    await client.until(({ closed, ended }) => closed || ended);
    client.destroy();
  });

  it('outlives the limits of time that other exchanges have', async () => {
    onHead = ({ socket }) => {
      socket.write(SWITCH);
      setTimeout(() => socket.write('late'), 700);
    };
    const own = await startGateway({
      server: { requestTimeoutMs: 200 },
      upstreams: { raw: { targets: [{ url: upstream.url }], timeouts: { totalMs: 200, headersMs: 200 } } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw', upgrades: ['echo/1'] }],
    });
    const client = await RawConnection.open(own.port);
    client.write(ask('echo/1'));
    await client.until(({ text }) => text.endsWith('\r\n\r\nlate'));
    client.destroy();
    await own.close();
  });

  it('that was refused leaves no connection behind, though the client never closes', async () => {
    onHead = ({ socket }) => socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    const client = await RawConnection.open(gateway.port);
    client.write(ask('echo/1'));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 403 [^]*no$/);
    await eventually('it is over', () => gateway.gateway.app.get(DataPlane).active === 0);
    client.destroy();
  });

  it.each([
    ['a protocol that the route does not offer', ask('websocket')],
    ['several protocols at once', ask('echo/1, websocket')],
    ['one in a request with a body', ask('echo/1', 'content-length: 2\r\n') + 'ab'],
    ['one without Connection: upgrade', 'GET /x HTTP/1.1\r\nhost: a\r\nupgrade: echo/1\r\n\r\n'],
    ['one in HTTP/1.0', ask('echo/1').replace('HTTP/1.1', 'HTTP/1.0')],
  ])('does not happen for %s: it is an ordinary request', async (_what, request) => {
    onHead = ({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhttp');
    const client = await RawConnection.open(gateway.port);
    client.write(request);
    await client.until(({ text }) => text.endsWith('http'));
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const asked = readMessage(sent().received);
    expect(valuesOf(asked, 'upgrade')).toEqual([]);
    // The default, which may be said.
    expect(valuesOf(asked, 'connection').filter((value) => value !== 'keep-alive')).toEqual([]);
    client.destroy();
  });
});
