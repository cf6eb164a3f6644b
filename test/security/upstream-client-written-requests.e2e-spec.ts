import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NativeClient, type UpstreamRequest } from '@app/upstream-client';
import { SeededRandom } from '../helpers/seeded-random.js';
import { startStrictUpstream } from '../helpers/strict-upstream.js';
import { ask } from '../helpers/upstream-client/exchange.js';

const REQUESTS = 800;

const methods = [
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'G ET',
  'GET\r\n',
  'GET /x HTTP/1.1\r\n',
  '',
  'CONNECT',
];
const paths = [
  '/',
  '/a?b=c',
  '/a%20b',
  '/a"<>|b',
  '*',
  '/a b',
  '/a HTTP/1.1\r\nx: y',
  '/\r\n',
  '/\0',
  '/#',
  'a',
  'http://b/',
  '/\xe9',
  '/\u010d\u010a',
];
const names = [
  'x-a',
  'Accept',
  'X_B.c',
  'cookie',
  'te',
  'x y',
  'x:',
  'x\r\n',
  'x\n',
  'Content-Length',
  'transfer-encoding',
  'Connection',
  'Host',
  '',
  'x\0',
  '\u0178',
  'Transfer-Encoding ',
];
const values = [
  '',
  'a',
  'a b',
  'a\tb',
  'caf\xe9',
  'a\r\nx-smuggled: 1',
  'a\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n',
  'a\n',
  'a\r',
  '\0',
  'a\u010a',
  'chunked',
  '5',
  '\u560d\u560a',
];
const bodies = [null, null, '', 'body', 'GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n', '0\r\n\r\n'];

function someRequest(random: SeededRandom, tag: string): Partial<UpstreamRequest> {
  const headers = ['x-tag', tag];
  // Mostly what can be sent, so that not all of it is refused.
  const odd = random.chance(0.4);
  for (let count = random.below(4); count > 0; count--) {
    headers.push(
      odd ? random.pick(names) : random.pick(names.slice(0, 4)),
      odd ? random.pick(values) : random.pick(values.slice(0, 5)),
    );
  }
  const body = random.pick(bodies);
  return {
    method: odd ? random.pick(methods) : random.pick(methods.slice(0, 6)),
    path: odd ? random.pick(paths) : random.pick(paths.slice(0, 4)),
    headers,
    body: body === null ? null : Buffer.from(body),
  };
}

describe('requests that the upstream client writes', () => {
  let server: Server;
  const seen: { method: string | undefined; url: string | undefined; raw: string[]; body: string }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { method, url, rawHeaders } = request;
      let body = '';
      request.setEncoding('latin1');
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        seen.push({ method, url, raw: rawHeaders, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('are each one request to Node’s server, with the parts that were given, or none', async () => {
    const random = new SeededRandom(3);
    const client = new NativeClient({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    let refused = 0;
    for (let i = 0; i < REQUESTS; i++) {
      const request = someRequest(random, String(i));
      const { error } = await ask(client, request);
      if (error !== '') {
        expect(error).toMatch(/^request-failed: (?:method|target|field-name|field-value|own-field|host)$/);
        expect(seen).toHaveLength(0);
        refused++;
        continue;
      }
      const [{ method, url, raw, body }] = seen.splice(0);
      const given = Buffer.from((request.body ?? []) as Uint8Array).toString('latin1');
      expect([method, url, body]).toEqual([request.method, request.path, given]);
      expect(raw.slice(0, request.headers?.length)).toEqual(request.headers);
    }
    expect(refused / REQUESTS).toBeGreaterThan(0.1);
    expect(refused / REQUESTS).toBeLessThan(0.6);
    expect(client.stats().connections).toBe(1);
    await client.drain();
  });

  it('are each one request to a reader that follows RFC 9112 letter by letter', async () => {
    const random = new SeededRandom(4);
    const upstream = await startStrictUpstream();
    const client = new NativeClient({ origin: upstream.url });
    let accepted = 0;
    for (let i = 0; i < REQUESTS; i++) {
      const request = someRequest(random, String(i));
      // A reply with a body to HEAD would end the connection.
      if (request.method === 'HEAD') continue;
      if ((await ask(client, request)).error === '') accepted++;
    }
    expect(upstream.broken).toEqual([]);
    expect(upstream.requests).toHaveLength(accepted);
    client.destroy();
    await upstream.close();
  });
});
