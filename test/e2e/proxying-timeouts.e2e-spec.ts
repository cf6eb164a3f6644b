import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('an upstream that never answers', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream(() => undefined);
    gateway = await startGateway({
      server: { requestTimeoutMs: 200 },
      upstreams: { silent: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'silent' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('is a 504 when the time of the request is up', async () => {
    expectProblem(await call(gateway.url), 504, 'upstream-timeout');
  });
});
