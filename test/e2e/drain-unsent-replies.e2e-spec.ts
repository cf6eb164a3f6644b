import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const BYTES = 30_000_000;

describe('a reply that has ended and is still being sent when the gateway drains', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let client: Socket;
  let received: number;

  beforeEach(async () => {
    upstream = await startHttpUpstream((_, response) => response.end(Buffer.alloc(BYTES, 'x')));
    gateway = await startGateway({
      server: { bodyBytesMax: BYTES },
      upstreams: { large: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'upstream', match: { path: '/upstream' }, upstream: 'large' },
        { id: 'own', match: { path: '/own' }, respond: { body: 'x'.repeat(BYTES) } },
      ],
    });
    client = connect(gateway.port, '127.0.0.1');
    await once(client, 'connect');
    received = 0;
  });

  afterEach(async () => {
    client.destroy();
    await gateway.close();
    await upstream.close();
  });

  it.each(['/own', '/upstream'])('reaches a client that reads slowly to its last byte: %s', async (path) => {
    client.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    client.pause();
    await pass(100);
    const draining = gateway.close(10_000);
    client.on('data', (chunk: Buffer) => {
      received += chunk.length;
      client.pause();
      setTimeout(() => client.resume(), 2);
    });
    // Long enough for several looks at what is idle.
    await pass(200);
    client.removeAllListeners('data');
    client.on('data', (chunk: Buffer) => (received += chunk.length));
    client.resume();
    await eventually('the connection ends', () => client.readableEnded || client.destroyed, 10_000);
    expect(received).toBeGreaterThan(BYTES);
    expect(await draining).toBe(true);
  });

  it('is cut at the end of the time, and told apart from a clean end', async () => {
    client.write('GET /own HTTP/1.1\r\nhost: a\r\n\r\n');
    client.pause();
    await pass(100);
    expect(await gateway.close(300)).toBe(false);
  });
});
