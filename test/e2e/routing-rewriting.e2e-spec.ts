import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('a rewritten path', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => response.end(request.url));
    gateway = await startGateway({
      upstreams: { u: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'strip', match: { path: '/strip/*' }, upstream: 'u', rewrite: { stripPrefix: '/strip' } },
        { id: 'move', match: { path: '/move/:id/*' }, upstream: 'u', rewrite: { path: '/to/:id/of/*' } },
      ],
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it.each([
    ['/strip/a?b=c', '/a?b=c'],
    ['/move/1/a/b?c', '/to/1/of/a/b?c'],
  ])('%s reaches the upstream as %s', async (path, forwarded) => {
    expect((await call(gateway.url + path)).text).toBe(forwarded);
  });
});
