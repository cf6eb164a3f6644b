import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { open } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('an event stream', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let stream: ServerResponse;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      stream = response;
      const type = request.url === '/stream' ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
      response.flushHeaders();
    });
    gateway = await startGateway({
      upstreams: { events: { targets: [{ url: upstream.url }] } },
      routes: [
        {
          id: 'events',
          match: { path: '/*' },
          upstream: 'events',
          compression: { types: ['*/*', 'text/*', 'application/*'], bytesMin: 0 },
        },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  async function subscribe(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    const request = open(gateway.url + path, { headers });
    request.on('error', () => undefined);
    request.end();
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    reply.on('error', () => undefined);
    return reply;
  }

  it('shows its head before there is any event', async () => {
    const reply = await subscribe('/stream');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    reply.destroy();
  });

  it('hands over each event before the next one is made', async () => {
    const reply = await subscribe('/stream');
    reply.setEncoding('utf8');
    for (let i = 0; i < 20; i++) {
      const event = `id: ${i}\ndata: event ${i}\n\n`;
      const arrived = once(reply, 'data');
      stream.write(event);
      expect(await arrived).toEqual([event]);
    }
    stream.end();
    await once(reply, 'end');
  });

  it('is neither compressed nor varied, whatever the client accepts', async () => {
    const reply = await subscribe('/stream', { 'accept-encoding': 'zstd, br, gzip', accept: 'text/event-stream' });
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(reply.headers.vary).toBeUndefined();
    const arrived = once(reply, 'data');
    stream.write('data: plain\n\n');
    expect(String((await arrived)[0])).toBe('data: plain\n\n');
    reply.destroy();
  });

  it('reaches a client of HTTP/1.0 as it comes, too', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write('GET /stream HTTP/1.0\r\nhost: a\r\n\r\n');
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    stream.write('data: 1\n\n');
    await client.until(({ text }) => text.endsWith('\r\n\r\ndata: 1\n\n'));
    stream.end('data: 2\n\n');
    expect(await client.untilClosed()).toMatch(/\r\n\r\ndata: 1\n\ndata: 2\n\n$/);
    client.destroy();
  });

  it('ends at the upstream when its reader leaves', async () => {
    const reply = await subscribe('/stream');
    const left = once(stream, 'close');
    reply.destroy();
    await left;
  });

  it('keeps many readers apart', async () => {
    const readers: { reply: IncomingMessage; stream: ServerResponse }[] = [];
    for (let i = 0; i < 10; i++) readers.push({ reply: await subscribe('/stream'), stream });
    await Promise.all(
      readers.map(async (reader, i) => {
        const arrived = once(reader.reply, 'data');
        reader.stream.write(`data: for ${i}\n\n`);
        expect(String((await arrived)[0])).toBe(`data: for ${i}\n\n`);
        reader.reply.destroy();
      }),
    );
  });

  it('of another type is not held back either, also when it is compressed', async () => {
    const reply = await subscribe('/lines', { 'accept-encoding': 'gzip' });
    expect(reply.headers['content-encoding']).toBe('gzip');
    const lines = reply.pipe(createGunzip());
    lines.on('error', () => undefined);
    for (let i = 0; i < 10; i++) {
      const arrived = once(lines, 'data');
      stream.write(`{"line":${i}}\n`);
      expect(String((await arrived)[0])).toBe(`{"line":${i}}\n`);
    }
    reply.destroy();
  });
});
