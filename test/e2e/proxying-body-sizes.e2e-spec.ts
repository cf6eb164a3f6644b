import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { byteStream, digest, digestOf } from '../helpers/byte-stream.js';
import { call, open } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const KB = 1_024;
const MB = 1_024 * KB;
const sizes: readonly (readonly [string, number])[] = [
  ['0 B', 0],
  ['1 B', 1],
  ['16 KB', 16 * KB],
  ['16 KB and 1 B', 16 * KB + 1],
  ['64 KB', 64 * KB],
  ['1 MB', MB],
  ['32 MB', 32 * MB],
];
const framings = ['declared', 'chunked'] as const;
const cases = sizes.flatMap(([name, bytes]) => framings.map((framing) => [name, framing, bytes] as const));

describe('a body', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://a');
      if (request.method === 'GET') {
        const size = Number(searchParams.get('bytes'));
        if (searchParams.get('framing') === 'declared') response.setHeader('content-length', size);
        else response.flushHeaders();
        void pipeline(byteStream(size), response).catch(() => undefined);
      } else if (searchParams.has('echo')) void pipeline(request, response).catch(() => undefined);
      else void digest(request).then((got) => response.end(JSON.stringify({ ...got, framing: framingOf(request) })));
    });
    gateway = await startGateway({
      server: { bodyBytesMax: 64 * MB },
      upstreams: { bytes: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'bytes', match: { path: '/*' }, upstream: 'bytes' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  function framingOf({ headers }: IncomingMessage): string {
    return headers['transfer-encoding'] ?? headers['content-length'] ?? 'none';
  }

  it.each(cases)('of %s comes down as it left, %s', async (_name, framing, bytes) => {
    const request = open(`${gateway.url}/?bytes=${bytes}&framing=${framing}`);
    request.end();
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    expect(framingOf(reply)).toBe(framing === 'declared' ? String(bytes) : 'chunked');
    expect(await digest(reply)).toEqual(digestOf(bytes));
  });

  it.each(cases)('of %s goes up as it left, %s', async (_name, framing, bytes) => {
    const headers: Record<string, string> =
      framing === 'declared' ? { 'content-length': String(bytes) } : { 'transfer-encoding': 'chunked' };
    const reply = await call(`${gateway.url}/`, { method: 'PUT', headers, body: byteStream(bytes) });
    expect(reply.json).toMatchObject(digestOf(bytes));
    const seen = (reply.json as { framing: string }).framing;
    // An empty chunked body may be told as an empty one of known length.
    if (framing === 'declared') expect(seen).toBe(String(bytes));
    else expect(bytes === 0 ? ['0', 'chunked'] : ['chunked']).toContain(seen);
  });

  it('goes up and down at once', async () => {
    const request = open(`${gateway.url}/?echo`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    const sent = pipeline(byteStream(4 * MB), request);
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    expect(await digest(reply)).toEqual(digestOf(4 * MB));
    await sent;
  });

  it('does not mix with others that pass at the same time', async () => {
    const all = Array.from({ length: 16 }, (_, i) => 100_000 + i * 7_919);
    await Promise.all(
      all.map(async (bytes) => {
        const body = byteStream(bytes);
        const up = await call(`${gateway.url}/`, { method: 'PUT', headers: { 'content-length': String(bytes) }, body });
        expect(up.json).toMatchObject(digestOf(bytes));
        const down = await call(`${gateway.url}/?bytes=${bytes}`);
        expect(await digest(Readable.from([down.body]))).toEqual(digestOf(bytes));
      }),
    );
  });
});
