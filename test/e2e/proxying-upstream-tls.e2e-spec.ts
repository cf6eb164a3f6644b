import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { byteStream, digest, digestOf } from '../helpers/byte-stream.js';
import { call } from '../helpers/call.js';
import { CertificateAuthority } from '../helpers/certificate-authority.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const MB = 1_048_576;

describe('an upstream behind TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upstream-tls-'));
  const authority = new CertificateAuthority('Test authority');
  const caFile = join(folder, 'ca.pem');
  const strangerFile = join(folder, 'stranger.pem');
  let server: Server;
  let port: number;
  let gateway: RunningGateway | null = null;
  /** Names that clients asked for, one for each connection. */
  let asked: (string | false | null)[] = [];

  beforeAll(async () => {
    writeFileSync(caFile, authority.cert);
    writeFileSync(strangerFile, new CertificateAuthority('Stranger').cert);
    server = createHttpsServer(
      authority.issue('localhost', '127.0.0.1', 'users.internal'),
      (request: IncomingMessage, response: ServerResponse) => {
        if (request.method === 'PUT') {
          void digest(request).then((got) => {
            response.writeHead(200, { trailer: 'x-sum', 'x-host': request.headers.host });
            response.write(JSON.stringify({ ...got, trailers: request.trailers }));
            response.addTrailers({ 'x-sum': '1' });
            response.end();
          });
        } else if (request.url === '/large') byteStream(8 * MB).pipe(response);
        else response.end(`${String((request.socket as TLSSocket).servername)} ${request.headers.host ?? ''}`);
      },
    );
    server.on('secureConnection', (socket) => asked.push(socket.servername as string | false));
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(async () => {
    await gateway?.close();
    gateway = null;
    asked = [];
  });

  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  async function start(url: string, more: Record<string, unknown> = {}): Promise<RunningGateway> {
    gateway = await startGateway({
      upstreams: { secure: { targets: [{ url }], ...more } },
      routes: [{ id: 'secure', match: { path: '/*' }, upstream: 'secure', upgrades: ['echo'] }],
    });
    return gateway;
  }

  it('is reached when its certificate comes from the authority that is trusted', async () => {
    const { url } = await start(`https://localhost:${port}`, { tls: { caFile } });
    const reply = await call(`${url}/x`);
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`localhost localhost:${port}`);
  });

  it('is verified by its address when it is named by one, which is never asked for as a name', async () => {
    const { url } = await start(`https://127.0.0.1:${port}`, { tls: { caFile } });
    expect((await call(`${url}/x`)).text).toBe(`false 127.0.0.1:${port}`);
  });

  it('is asked for by the configured name, whatever the Host is', async () => {
    const { url } = await start(`https://127.0.0.1:${port}`, {
      tls: { caFile, serverName: 'users.internal' },
      hostHeader: 'client',
    });
    for (const host of ['a.example', 'b.example', 'a.example']) {
      const reply = await call(`${url}/x`, { headers: { host } });
      expect(reply.text).toBe(`users.internal ${host}`);
    }
    // Nor does another Host need another connection.
    expect(asked).toEqual(['users.internal']);
  });

  it('is asked for by the name of its target when a client writes another Host', async () => {
    const { url } = await start(`https://localhost:${port}`, { tls: { caFile }, hostHeader: 'client' });
    const reply = await call(`${url}/x`, { headers: { host: 'users.internal' } });
    expect(reply.text).toBe('localhost users.internal');
  });

  it('keeps to that name for what goes another way through the gateway', async () => {
    const { url } = await start(`https://127.0.0.1:${port}`, {
      tls: { caFile, serverName: 'users.internal' },
      hostHeader: 'client',
    });
    const headers = { host: 'a.example', trailer: 'x-sum', te: 'trailers', 'transfer-encoding': 'chunked' };
    const reply = await call(url, { method: 'PUT', headers, body: byteStream(MB) });
    expect(reply.json).toMatchObject(digestOf(MB));
    expect(reply.field('x-host')).toBe('a.example');
    expect(reply.trailers).toEqual(['x-sum', '1']);
    expect(asked).toEqual(['users.internal']);
  });

  it('carries large bodies both ways', async () => {
    const { url } = await start(`https://localhost:${port}`, { tls: { caFile } });
    const up = await call(url, {
      method: 'PUT',
      headers: { 'content-length': String(4 * MB) },
      body: byteStream(4 * MB),
    });
    expect(up.json).toMatchObject(digestOf(4 * MB));
    const down = await fetch(`${url}/large`);
    expect(await digest(down.body as unknown as AsyncIterable<Uint8Array>)).toEqual(digestOf(8 * MB));
  });

  it('carries upgraded connections', async () => {
    const { url } = await start(`https://localhost:${port}`, { tls: { caFile } });
    const client = await RawConnection.open(Number(new URL(url).port));
    client.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello');
    await client.until(({ text }) => text.endsWith('\r\n\r\nhello'));
    client.destroy();
  });

  it.each([
    ['an authority that nobody trusts', () => ({ tls: { caFile: strangerFile } })],
    ['an authority that the system does not know', () => ({})],
    ['a name that its certificate is not for', () => ({ tls: { caFile, serverName: 'other.internal' } })],
  ])('gets nothing when it shows %s', async (_what, more) => {
    const { url } = await start(`https://localhost:${port}`, more());
    for (const method of ['GET', 'POST']) expectProblem(await call(url, { method }), 502, 'upstream-tls');
    const headers = { trailer: 'x-sum', 'transfer-encoding': 'chunked' };
    expectProblem(await call(url, { method: 'PUT', headers, body: 'hello' }), 502, 'upstream-tls');
  });

  describe('that asks for a certificate', () => {
    const mine = authority.issue('gateway.internal');
    const certFile = join(folder, 'gateway.pem');
    const keyFile = join(folder, 'gateway.key');
    let strict: Server;

    beforeAll(async () => {
      writeFileSync(certFile, mine.cert);
      writeFileSync(keyFile, `${mine.key}\n`);
      strict = createHttpsServer(
        { ...authority.issue('127.0.0.1'), ca: authority.cert, requestCert: true, rejectUnauthorized: true },
        (request, response) => {
          const { subject } = (request.socket as TLSSocket).getPeerCertificate();
          request.resume().on('end', () => response.end(subject.CN));
        },
      );
      await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve));
    });

    afterAll(() => {
      strict?.closeAllConnections();
      strict?.close();
    });

    const origin = (): string => `https://127.0.0.1:${(strict.address() as AddressInfo).port}`;

    it('is shown the one of the configuration, whichever way a request goes', async () => {
      const { url } = await start(origin(), { tls: { caFile, certFile, key: { file: keyFile } } });
      expect((await call(url)).text).toBe('gateway.internal');
      const headers = { trailer: 'x-sum', 'transfer-encoding': 'chunked' };
      expect((await call(url, { method: 'PUT', headers, body: 'hello' })).text).toBe('gateway.internal');
    });

    it('gets nothing from a gateway that has none', async () => {
      const { url } = await start(origin(), { tls: { caFile } });
      expect((await call(url, { method: 'POST' })).status).toBe(502);
    });

    it.each([
      ['without its key', { certFile }, 'stands without its key'],
      ['without the certificate', { key: mine.key }, 'stands without a certFile'],
      ['of somebody else', { certFile, key: authority.issue('other').key }, 'belong together'],
      ['that is none', { certFile, key: 'no key at all' }, 'belong together'],
    ])('is no reason to start with a key %s', async (_, tls, message) => {
      const started = start(origin(), { tls });
      await expect(started).rejects.toThrow(message);
      await expect(started).rejects.not.toThrow('no key at all');
    });
  });

  it('gets nothing when it does not speak TLS', async () => {
    const plain = await startRawUpstream(({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    const { url } = await start(`https://127.0.0.1:${plain.port}`, { tls: { caFile } });
    expectProblem(await call(url), 502, 'upstream-tls');
    await plain.close();
  });

  it('is not asked in the clear for what it answers only behind TLS', async () => {
    const { url } = await start(`http://127.0.0.1:${port}`);
    expect((await call(url, { method: 'POST' })).status).toBe(502);
  });
});
