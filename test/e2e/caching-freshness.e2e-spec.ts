import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let upstream: HttpUpstream;
let gateway: RunningGateway;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let path: string;
let count = 0;

beforeAll(async () => {
  upstream = await startHttpUpstream((request, response) => answer(request, response));
  gateway = await startGateway({
    upstreams: { u: { targets: [{ url: upstream.url }] } },
    routes: [
      { id: 'plain', match: { path: '/plain/*' }, upstream: 'u', cache: {} },
      { id: 'ttl', match: { path: '/ttl/*' }, upstream: 'u', cache: { ttlMs: 60_000 } },
      { id: 'off', match: { path: '/off/*' }, upstream: 'u', cache: { enabled: false } },
    ],
  });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

beforeEach(() => {
  path = `/plain/${count++}`;
  answer = (_, response) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end('hello');
});

let before = 0;
beforeEach(() => {
  before = upstream.requests.length;
});
const asked = (): number => upstream.requests.length - before;

describe('a response that may be stored', () => {
  it('is fetched once, and has an age and a Cache-Status from then on', async () => {
    const first = await call(gateway.url + path);
    expect([first.status, first.text, first.field('cache-status')]).toEqual([200, 'hello', 'sluice; fwd=miss; stored']);
    const second = await call(gateway.url + path);
    expect([second.status, second.text]).toEqual([200, 'hello']);
    expect(second.field('cache-status')).toMatch(/^sluice; hit; ttl=(59|60)$/);
    expect(second.field('age')).toMatch(/^[01]$/);
    expect(second.field('content-length')).toBe('5');
    expect(asked()).toBe(1);
  });
});
afterEach(() => undefined);
