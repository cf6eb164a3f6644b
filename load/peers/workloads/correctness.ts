import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { RunningPeer } from '../running-peer.ts';
import { LARGE_BYTES, patterned, SMALL_BYTES } from '../upstream/nginx-upstream.ts';

const TIMEOUT_MS = 10_000;

interface Exchange {
  method: string;
  path: string;
  body?: string;
  /** Send the body in chunks, without saying its length. */
  chunked?: boolean;
}

/**
 * Sees that a peer passes bodies on whole, both ways, before anything is measured: a proxy that drops bytes is fast.
 * Throws with what differed.
 */
export async function checkBodies(peer: RunningPeer, upstreamPort: number): Promise<void> {
  for (const path of ['/1k', '/1m']) {
    const [expected, got] = await Promise.all([
      exchange(upstreamPort, { method: 'GET', path }),
      exchange(peer.port, { method: 'GET', path }),
    ]);
    expectSame(peer, `GET ${path}`, describe(got), describe(expected));
  }
  for (const bytes of [SMALL_BYTES, LARGE_BYTES]) {
    const body = patterned(bytes);
    for (const chunked of [false, true]) {
      const got = await exchange(peer.port, { method: 'PUT', path: '/node/hash', body, chunked });
      expectSame(peer, `PUT of ${bytes} bytes`, got.toString(), describe(Buffer.from(body)));
    }
    const counted = Number(await exchange(peer.port, { method: 'POST', path: '/sink', body }));
    if (!(counted > bytes)) throw new Error(`${peer.name}: /sink read ${counted} bytes of a request with ${bytes}`);
  }
}

function describe(body: Buffer): string {
  return JSON.stringify({ bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') });
}

function expectSame(peer: RunningPeer, what: string, got: string, expected: string): void {
  if (got !== expected) throw new Error(`${peer.name}: ${what} gave ${got} instead of ${expected}`);
}

function exchange(port: number, { method, path, body = '', chunked = false }: Exchange): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const length = body === '' || chunked ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { host: '127.0.0.1', port, method, path, headers: length, agent: false, timeout: TIMEOUT_MS };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`${method} ${path} on port ${port} was answered with ${response.statusCode}`));
      });
    });
    sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within ${TIMEOUT_MS} ms`)));
    sent.once('error', reject);
    if (chunked) sent.write(body.slice(0, body.length / 2));
    sent.end(chunked ? body.slice(body.length / 2) : body);
  });
}
