import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { byteStream, digest, digestOf } from '../helpers/byte-stream.js';
import { open } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { heldBufferBytes } from '../helpers/held-memory.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const MB = 1_048_576;
const BODY_BYTES = 256 * MB;
/** What the kernel's buffers of two connections and ours may hold; far from the whole body. */
const HELD_BYTES_MAX = 48 * MB;

/** Writes without end, and counts what was taken. */
class Pump {
  taken = 0;

  constructor(
    private readonly socket: Socket,
    private readonly frame: (chunk: Buffer) => readonly (Buffer | string)[],
  ) {
    socket.on('drain', () => this.push());
    socket.on('error', () => undefined);
    this.push();
  }

  private push(): void {
    const chunk = Buffer.alloc(65_536, 'x');
    while (this.taken < BODY_BYTES && !this.socket.destroyed && !this.socket.writableNeedDrain) {
      for (const piece of this.frame(chunk)) this.socket.write(piece);
      this.taken += chunk.length;
    }
  }

  /** Waits until nothing more is taken, and gives how much was. */
  async stalled(): Promise<number> {
    for (let last = -1; last !== this.taken;) {
      last = this.taken;
      await pass(300);
    }
    return this.taken;
  }
}

const chunked = (chunk: Buffer): (Buffer | string)[] => [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n'];
const plain = (chunk: Buffer): Buffer[] => [chunk];

describe('backpressure', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let pump: Pump | null = null;
  let uploads: IncomingMessage[] = [];

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      if (request.url === '/down') {
        response.writeHead(200, { 'content-length': BODY_BYTES });
        response.flushHeaders();
        pump = new Pump(request.socket, plain);
      } else if (request.url === '/down-chunked') {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        response.flushHeaders();
        pump = new Pump(request.socket, chunked);
      } else if (request.url === '/finite') void pipeline(byteStream(24 * MB), response).catch(() => undefined);
      else uploads.push(request);
    });
    gateway = await startGateway({
      server: { bodyBytesMax: BODY_BYTES },
      upstreams: { slow: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'slow', match: { path: '/*' }, upstream: 'slow' },
        { id: 'compressed', match: { path: '/finite' }, upstream: 'slow', compression: { types: ['*'] } },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it.each(['/down', '/down-chunked'])('stops the upstream when the client does not read: %s', async (path) => {
    pump = null;
    const before = heldBufferBytes();
    const request = open(gateway.url + path);
    request.on('error', () => undefined);
    request.end();
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    reply.on('error', () => undefined);
    await eventually('the upstream writes', () => pump !== null);
    const held = await (pump as unknown as Pump).stalled();
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(HELD_BYTES_MAX);
    // Only a small part of that is ours, the rest is the kernel's.
    await eventually('little of it is held here', () => heldBufferBytes() - before < 8 * MB);
    // It goes on when the client reads.
    reply.resume();
    await eventually('the upstream writes again', () => (pump as unknown as Pump).taken > held + MB);
    request.destroy();
  });

  it.each([
    ['declared', `content-length: ${BODY_BYTES}`, plain],
    ['chunked', 'transfer-encoding: chunked', chunked],
    ['chunked with trailers', 'transfer-encoding: chunked\r\ntrailer: x-sum', chunked],
  ])('stops the client when the upstream does not read: %s', async (_framing, field, frame) => {
    uploads = [];
    const before = heldBufferBytes();
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`POST /up HTTP/1.1\r\nhost: a\r\n${field}\r\n\r\n`);
    const client = new Pump(socket, frame);
    const held = await client.stalled();
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(HELD_BYTES_MAX);
    await eventually('little of it is held here', () => heldBufferBytes() - before < 8 * MB);
    expect(uploads).toHaveLength(1);
    uploads[0].on('error', () => undefined);
    uploads[0].resume();
    await eventually('the client writes again', () => client.taken > held + MB);
    socket.destroy();
  });

  it('loses nothing of a body that stops and goes', async () => {
    const request = open(`${gateway.url}/finite`);
    request.end();
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    const stops = setInterval(() => {
      reply.pause();
      setTimeout(() => reply.resume(), 20);
    }, 40);
    expect(await digest(reply)).toEqual(digestOf(24 * MB));
    clearInterval(stops);
  });

  it('loses nothing of it when it is compressed on the way', async () => {
    const request = open(`${gateway.url}/finite`, { headers: { 'accept-encoding': 'gzip' } });
    request.end();
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    expect(reply.headers['content-encoding']).toBe('gzip');
    await pass(200);
    expect(await digest(reply.pipe(createGunzip()))).toEqual(digestOf(24 * MB));
  });
});
