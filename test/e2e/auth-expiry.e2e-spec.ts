import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { bearer, hmacToken, nowS, TOKEN_SECRET } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({
    auth: { jwt: { secret: TOKEN_SECRET, leewayS: 0 } },
    routes: [{ id: 'r', match: { path: '/*' }, respond: {}, auth: {} }],
  });
});
afterAll(() => gateway?.close());

describe('a token that was let in', () => {
  it('is refused from the second on at which it expires', async () => {
    const exp = nowS() + 1;
    const headers = bearer(hmacToken({ sub: 'u-1', exp }));
    for (;;) {
      const sentAtMs = Date.now();
      const reply = await call(gateway.url, { headers });
      // Right as of some moment between its way there and back.
      if (Date.now() < exp * 1000) expect(reply.status).toBe(200);
      if (sentAtMs < exp * 1000) continue;
      expectProblem(reply, 401, 'token-expired');
      return;
    }
  });
});
