import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('an active health check', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway | undefined;

  beforeAll(async () => {
    upstream = await startHttpUpstream((_request, response) => response.end('ok'));
  });

  afterEach(() => gateway?.close());
  afterAll(() => upstream?.close());

  it('asks before the first request', async () => {
    gateway = await startGateway({
      upstreams: { checked: { targets: [{ url: upstream.url }], healthCheck: { intervalMs: 100 } } },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'checked' }],
    });
    expect((await call(gateway.url)).status).toBe(200);
  });
});
