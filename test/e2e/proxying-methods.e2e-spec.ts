import { METHODS } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const forwarded = METHODS.filter((method) => method !== 'CONNECT');

describe('request methods', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        response.setHeader('x-method', request.method ?? '');
        response.setHeader(
          'x-framing',
          request.headers['content-length'] ?? request.headers['transfer-encoding'] ?? 'none',
        );
        response.end(Buffer.concat(body));
      });
    });
    gateway = await startGateway({
      upstreams: { echo: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'echo', match: { path: '/*' }, upstream: 'echo' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('include every method that Node reads, QUERY among them', () => {
    expect(forwarded).toContain('QUERY');
    expect(forwarded.length).toBeGreaterThan(30);
  });

  it.each(forwarded)('reach the upstream without a body: %s', async (method) => {
    const reply = await call(`${gateway.url}/x`, { method });
    expect(reply.status).toBe(200);
    expect(reply.field('x-method')).toBe(method);
    expect(reply.text).toBe('');
  });

  it.each(forwarded.filter((method) => method !== 'HEAD' && method !== 'TRACE'))(
    'carry a small declared body: %s',
    async (method) => {
      const reply = await call(`${gateway.url}/x`, { method, headers: { 'content-length': '5' }, body: 'hello' });
      expect(reply.field('x-method')).toBe(method);
      expect(reply.field('x-framing')).toBe('5');
      expect(reply.text).toBe('hello');
    },
  );

  it.each(['GET', 'POST', 'DELETE', 'QUERY', 'OPTIONS', 'REPORT'])('carry a chunked body: %s', async (method) => {
    const reply = await call(`${gateway.url}/x`, {
      method,
      headers: { 'transfer-encoding': 'chunked' },
      body: 'hello',
    });
    expect(reply.field('x-method')).toBe(method);
    expect(reply.field('x-framing')).toBe('chunked');
    expect(reply.text).toBe('hello');
  });

  it.each(['GET', 'POST', 'DELETE', 'QUERY'])('carry a body that is too large to be collected: %s', async (method) => {
    const body = Buffer.alloc(100_000, 'x');
    const headers = { 'content-length': String(body.length) };
    const reply = await call(`${gateway.url}/x`, { method, headers, body });
    expect(reply.field('x-framing')).toBe('100000');
    expect(reply.body.equals(body)).toBe(true);
  });

  it('tell the upstream of an empty body as the client did, where the method expects one', async () => {
    const reply = await call(`${gateway.url}/x`, { method: 'POST', headers: { 'content-length': '0' } });
    expect(reply.field('x-framing')).toBe('0');
  });

  it.each(['BREW', 'get', 'Post', 'X-CUSTOM'])('are refused with 501 when they are unknown: %s', async (method) => {
    const before = upstream.requests.length;
    const client = await RawConnection.open(gateway.port);
    client.write(`${method} /x HTTP/1.1\r\nhost: a\r\n\r\n`);
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 501 /);
    expect(text).toContain('content-type: application/problem+json');
    expect(text).toContain('"code":"method-not-implemented"');
    expect(upstream.requests.length).toBe(before);
    client.destroy();
  });

  it('are refused with 501 when they ask for a tunnel: CONNECT', async () => {
    const before = upstream.requests.length;
    const client = await RawConnection.open(gateway.port);
    client.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 501 /);
    expect(text).toContain('"code":"method-not-implemented"');
    expect(upstream.requests.length).toBe(before);
    client.destroy();
  });
});
