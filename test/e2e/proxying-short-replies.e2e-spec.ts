import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

/** Every byte there is. */
const ALL = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');

function bodyOf(bytes: number): string {
  return ALL.repeat(Math.ceil(bytes / ALL.length)).slice(0, bytes);
}

// Around the size up to which head and body are one string.
const sizes = [1, 256, 4_095, 4_096, 4_097, 16_385];

describe('a reply with a short body', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      const { received, socket } = connection;
      if (!received.endsWith('\r\n\r\n')) return;
      connection.received = '';
      const [, path] = received.split(' ', 2);
      const body = bodyOf(Number(path.slice(1)));
      const head = `HTTP/1.1 200 OK\r\nx-byte: \xe9\r\ncontent-length: ${body.length}\r\n\r\n`;
      socket.write(Buffer.from(head + body, 'latin1'));
    });
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'own', match: { path: '/own' }, respond: { status: 200, body: 'Grüße, 世界' } },
        { id: 'raw', match: { path: '/*' }, upstream: 'raw' },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it.each(sizes)('of %d bytes arrives with every byte of its head and its body', async (bytes) => {
    const client = await RawConnection.open(gateway.port);
    client.write(`GET /${bytes} HTTP/1.1\r\nhost: a\r\n\r\n`);
    await client.until(({ text }) => text.length >= text.indexOf('\r\n\r\n') + 4 + bytes && text.includes('\r\n\r\n'));
    const [head, body] = [client.text.slice(0, client.text.indexOf('\r\n\r\n')), client.text.slice(-bytes)];
    expect(head).toContain('\r\nx-byte: \xe9\r\n');
    expect(head).toContain(`\r\ncontent-length: ${bytes}\r\n`);
    expect(body).toBe(bodyOf(bytes));
    expect(client.text).toHaveLength(head.length + 4 + bytes);
    client.destroy();
  });

  it('keeps its place behind others that were asked for before it', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(sizes.map((bytes) => `GET /${bytes} HTTP/1.1\r\nhost: a\r\n\r\n`).join(''));
    client.write('GET /own HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    await client.until(({ ended }) => ended);
    let rest = client.text;
    for (const bytes of sizes) {
      const from = rest.indexOf('\r\n\r\n') + 4;
      expect(rest.slice(from, from + bytes)).toBe(bodyOf(bytes));
      rest = rest.slice(from + bytes);
    }
    const own = Buffer.from(rest.slice(rest.indexOf('\r\n\r\n') + 4), 'latin1').toString();
    expect(own).toBe('Grüße, 世界');
    client.destroy();
  });
});
