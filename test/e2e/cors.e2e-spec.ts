import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('a preflight', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream((_, response) => response.end());
    gateway = await startGateway({
      upstreams: { u: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'a', match: { path: '/a' }, upstream: 'u', cors: { origins: ['https://a.example'] } }],
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('is answered without the upstream', async () => {
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };
    const reply = await call(`${gateway.url}/a`, { method: 'OPTIONS', headers });
    expect(reply.status).toBe(204);
    expect(upstream.requests).toEqual([]);
  });
});
