import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NativeClient, type NativeClientOptions } from '@app/upstream-client';
import { byteStream, digest, digestOf } from '../helpers/byte-stream.js';
import { CertificateAuthority } from '../helpers/certificate-authority.js';
import { eventually } from '../helpers/eventually.js';
import { startRawUpstream } from '../helpers/raw-upstream.js';
import { ask, begin } from '../helpers/upstream-client/exchange.js';

const MB = 1_048_576;
const authority = new CertificateAuthority('Test authority');
const own = authority.issue('localhost', '127.0.0.1', 'users.internal');

describe('the upstream client behind TLS', () => {
  let server: Server;
  let port: number;
  let client: NativeClient | null = null;
  let answer: (socket: TLSSocket, text: string) => void;
  const seen: { name: unknown; protocol: unknown; reused: boolean; peer: unknown }[] = [];

  beforeEach(() => {
    seen.length = 0;
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  });

  afterEach(async () => {
    client?.destroy();
    await client?.drain();
    client = null;
    server?.close();
  });

  async function listen(options: TlsOptions = {}): Promise<void> {
    server = createServer({ ...own, ALPNProtocols: ['h2', 'http/1.1'], ...options }, (socket) => {
      const peer = socket.getPeerCertificate().subject?.CN;
      seen.push({ name: socket.servername, protocol: socket.alpnProtocol, reused: socket.isSessionReused(), peer });
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => answer(socket, chunk.toString('latin1')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  }

  function open(options: Partial<NativeClientOptions> = {}): NativeClient {
    client = new NativeClient({ origin: `https://localhost:${port}`, ca: authority.cert, ...options });
    return client;
  }

  it('asks for the name of its target and for HTTP/1.1, and keeps the connection', async () => {
    await listen();
    const one = open();
    for (let i = 0; i < 3; i++) expect((await ask(one)).body).toBe('ok');
    expect(seen).toEqual([{ name: 'localhost', protocol: 'http/1.1', reused: false, peer: undefined }]);
    expect(one.stats()).toMatchObject({ connections: 1, exchanges: 3 });
  });

  it.each([
    ['an address, which is not asked for', { origin: 'https://127.0.0.1' }, false],
    ['another name', { origin: 'https://127.0.0.1', serverName: 'users.internal' }, 'users.internal'],
  ])('verifies %s', async (_, { origin, ...options }, name) => {
    await listen();
    expect((await ask(open({ origin: `${origin}:${port}`, ...options }))).body).toBe('ok');
    expect(seen[0].name).toBe(name);
  });

  it('takes up its session on the next connection', async () => {
    await listen();
    const one = open();
    answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok');
    await ask(one);
    await eventually('the first is closed', () => one.stats().open === 0);
    await ask(one);
    expect(seen.map(({ reused }) => reused)).toEqual([false, true]);
  });

  it('shows its certificate to an upstream that asks for one', async () => {
    await listen({ requestCert: true, rejectUnauthorized: true, ca: authority.cert });
    const mine = authority.issue('gateway');
    expect((await ask(open(mine))).body).toBe('ok');
    expect(seen[0].peer).toBe('gateway');
  });

  it('fails when an upstream asks for a certificate that it does not have', async () => {
    await listen({ requestCert: true, rejectUnauthorized: true, ca: authority.cert });
    const got = await ask(open());
    expect(got.error).toMatch(/^(?:tls-failed: opening|reset: waiting)$/);
  });

  it.each<[string, () => Partial<NativeClientOptions>]>([
    ['comes from somebody else', () => ({ ca: new CertificateAuthority('Stranger').cert })],
    ['comes from nobody that the system knows', () => ({ ca: null })],
    ['is for another name', () => ({ serverName: 'other.internal' })],
    ['is for another address', () => ({ serverName: '127.0.0.9' })],
  ])('sends nothing when the certificate %s', async (_, options) => {
    await listen();
    let heard = '';
    answer = (_socket, text) => (heard += text);
    expect((await ask(open(options()), { method: 'POST', body: Buffer.from('secret') })).error).toBe(
      'tls-failed: opening',
    );
    expect(heard).toBe('');
    await eventually('the connection is closed', () => client?.stats().open === 0);
  });

  it.each([
    ['speaks HTTP in the clear', 'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'],
    ['sends garbage', '\x16\x03\x01\xff\xff\x01\x02\x03garbage and more of it, a long line of it'],
  ])('sends nothing to an upstream that %s', async (_, reply) => {
    const plain = await startRawUpstream(({ socket }) => socket.write(Buffer.from(reply, 'latin1')));
    const one = open({ origin: `https://127.0.0.1:${plain.port}`, connectTimeoutMs: 500 });
    expect((await ask(one)).error).toMatch(/^(?:tls-failed|connect-timeout): opening$/);
    expect(plain.connections[0].received).not.toContain('HTTP/1.1');
    await plain.close();
  });

  it('runs out of time in a handshake that does not go on', async () => {
    const mute = await startRawUpstream(() => undefined);
    const one = open({ origin: `https://127.0.0.1:${mute.port}`, connectTimeoutMs: 60 });
    expect((await ask(one)).error).toBe('connect-timeout: opening');
    await mute.close();
  });

  it.each([true, false])('carries large bodies both ways, leased: %s', async (leases) => {
    await listen();
    answer = (socket, text) => {
      if (!text.startsWith('GET')) return;
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${8 * MB}\r\n\r\n`);
      byteStream(8 * MB).pipe(socket, { end: false });
    };
    const got = await ask(open(), {}, { leases });
    expect(await digest(Readable.from(got.chunks))).toEqual(digestOf(8 * MB));
    let received = 0;
    answer = (socket, text) => {
      received += text.length;
      if (received > 3 * MB) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    };
    const put = await ask(client!, { method: 'PUT', body: byteStream(3 * MB), bodyBytes: 3 * MB });
    expect(put.error).toBe('');
  });

  it('stops at a pause, and goes on', async () => {
    await listen();
    answer = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${MB}\r\n\r\n`);
      byteStream(MB).pipe(socket, { end: false });
    };
    const paused = begin(open(), {}, { onData: () => false });
    for (let calls = 0; !paused.over; calls = paused.chunks.length) {
      await eventually('another chunk came', () => paused.over || paused.chunks.length > calls);
      paused.exchange?.resume();
    }
    expect(await digest(Readable.from(paused.chunks))).toEqual(digestOf(MB));
  });

  it('never gives one exchange what came in a record of its own behind another', async () => {
    await listen();
    answer = (socket, text) => {
      const tag = /^GET \/(\w+)/.exec(text)?.[1] ?? '';
      socket.cork();
      // Two records in one segment.
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${tag.length}\r\n\r\n${tag}`);
      if (tag === 'first') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray');
      socket.uncork();
    };
    const one = open();
    const bodies = await new Promise<string[]>((resolve) => {
      const got: string[] = [];
      begin(
        one,
        { path: '/first' },
        {
          onOver: (first) => {
            got.push(first.body);
            begin(
              one,
              { path: '/second' },
              {
                onOver: (second) => resolve([...got, second.body]),
              },
            );
          },
        },
      );
    });
    expect(bodies).toEqual(['first', 'second']);
  });

  it('hands a connection over when the protocol changes', async () => {
    await listen();
    answer = (socket, text) => {
      socket.write(
        text.startsWith('GET') ? 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nfirst ' : text,
      );
    };
    const got = await ask(open(), { upgrade: 'x' });
    let heard = '';
    got.upgraded?.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    got.upgraded?.write('second');
    await eventually('it is answered', () => heard === 'first second');
    got.upgraded?.destroy();
  });
});
