import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, type Reply } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { KeyIssuer } from '../helpers/key-issuer.js';
import { bearer, claimsOf, ecToken, hmacToken } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let issuer: KeyIssuer;
let gateway: RunningGateway;

afterEach(async () => {
  await gateway?.close();
  await issuer?.close();
});

/** A gateway whose one route wants a token of the issuer. */
function gatewayFor(jwks: {
  url?: string;
  file?: string;
  refreshMs?: number;
  cooldownMs?: number;
  timeoutMs?: number;
}) {
  return startGateway({
    auth: { jwt: { jwks, algorithms: ['ES256'] } },
    routes: [{ id: 'r', match: { path: '/*' }, respond: { body: 'in' }, auth: {} }],
  });
}

const token = (kid: string, key = issuer.privateKey(kid)): string => ecToken(claimsOf('u-1'), kid, key);
const ask = (given: string): Promise<Reply> => call(gateway.url, { headers: bearer(given) });

describe('the keys of an issuer', () => {
  it('are fetched at the start, and not for each token', async () => {
    issuer = await KeyIssuer.start('k-1', 'k-2');
    gateway = await gatewayFor({ url: issuer.url });
    for (const kid of ['k-1', 'k-2', 'k-1']) expect((await ask(token(kid))).text).toBe('in');
    expect(issuer.asked).toBe(1);
    expect(issuer.server.requests[0].headers.accept).toContain('application/jwk-set+json');
  });

  it('are waited for by requests that come before them', async () => {
    issuer = await KeyIssuer.start('k-1');
    issuer.holding = true;
    gateway = await gatewayFor({ url: issuer.url });
    const early = [ask(token('k-1')), ask(token('k-1')), ask(hmacToken(claimsOf('x'), { alg: 'ES256', kid: 'k-1' }))];
    await issuer.untilHeld();
    issuer.release();
    const replies = await Promise.all(early);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 401]);
    expect(issuer.asked).toBe(1);
  });

  it('are fetched once more for a token that names a new one, and then not for a while', async () => {
    issuer = await KeyIssuer.start('k-1');
    gateway = await gatewayFor({ url: issuer.url, cooldownMs: 300 });
    await ask(token('k-1'));
    const key = issuer.publish('k-2');
    // Within the cool-down of the first fetch nothing is asked, so a new key has to wait for its end.
    const begun = performance.now();
    await eventually('the cool-down is over', () => performance.now() - begun > 320);
    issuer.holding = true;
    const waiting = [ask(token('k-2')), ask(token('k-2')), ask(token('k-3', key))];
    await issuer.untilHeld();
    // Whoever needs no new key does not wait.
    expect((await ask(token('k-1'))).text).toBe('in');
    issuer.release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 401]);
    const asked = issuer.asked;
    const since = performance.now();
    const unknown = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(token(`x-${i}`, key))));
    for (const reply of unknown) expectProblem(reply, 401, 'token-invalid');
    expect(asked).toBe(2);
    expect(issuer.asked - asked).toBeLessThanOrEqual(1 + (performance.now() - since) / 300);
  });

  it('count no longer once they are withdrawn, also for tokens that were let in before', async () => {
    issuer = await KeyIssuer.start('k-1', 'k-2');
    gateway = await gatewayFor({ url: issuer.url, refreshMs: 200, cooldownMs: 100 });
    const withdrawn = token('k-1');
    expect((await ask(withdrawn)).text).toBe('in');
    issuer.withdraw('k-1');
    await issuer.untilAsked(2);
    await eventually('its keys are in use', () => issuer.server.sockets.size === 0);
    expectProblem(await ask(withdrawn), 401, 'token-invalid');
    expect((await ask(token('k-2'))).text).toBe('in');
  });

  it('stay good while the issuer is down', async () => {
    issuer = await KeyIssuer.start('k-1');
    gateway = await gatewayFor({ url: issuer.url, refreshMs: 200, cooldownMs: 100 });
    await ask(token('k-1'));
    issuer.failsWith = 500;
    await issuer.untilAsked(3);
    expect((await ask(token('k-1'))).text).toBe('in');
    issuer.failsWith = 0;
    issuer.publish('k-2');
    const asked = issuer.asked;
    await issuer.untilAsked(asked + 1);
    await eventually('its keys are in use', () => issuer.server.sockets.size === 0);
    expect((await ask(token('k-2'))).text).toBe('in');
  });

  it('that cannot be fetched are no reason to let anybody in: 503, until they are there', async () => {
    issuer = await KeyIssuer.start('k-1');
    issuer.failsWith = 503;
    gateway = await gatewayFor({ url: issuer.url });
    await issuer.untilAsked(1);
    const reply = await ask(token('k-1'));
    expectProblem(reply, 503, 'auth-keys-unavailable');
    expect(reply.field('retry-after')).toBe('5');
    // What is wrong by itself needs no key to be told so.
    expectProblem(await ask('broken'), 401, 'token-invalid');
    expectProblem(await call(gateway.url), 401, 'credentials-missing');
    issuer.failsWith = 0;
    const asked = issuer.asked;
    await issuer.untilAsked(asked + 1);
    await eventually('its keys are in use', () => issuer.server.sockets.size === 0);
    expect((await ask(token('k-1'))).text).toBe('in');
  });

  it('that do not come in time are not waited for any longer', async () => {
    issuer = await KeyIssuer.start('k-1');
    issuer.holding = true;
    gateway = await gatewayFor({ url: issuer.url, timeoutMs: 100 });
    expectProblem(await ask(token('k-1')), 503, 'auth-keys-unavailable');
  });

  it('are not taken from where a redirect leads', async () => {
    issuer = await KeyIssuer.start('k-1');
    issuer.failsWith = 302;
    gateway = await gatewayFor({ url: issuer.url });
    expectProblem(await ask(token('k-1')), 503, 'auth-keys-unavailable');
  });

  it('may stand in a file, which may change', async () => {
    issuer = await KeyIssuer.start('k-1');
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const file = join(folder, 'keys.json');
    try {
      writeFileSync(file, issuer.document);
      gateway = await gatewayFor({ file, refreshMs: 200, cooldownMs: 100 });
      expect((await ask(token('k-1'))).text).toBe('in');
      issuer.publish('k-2');
      writeFileSync(file, issuer.document);
      const until = performance.now() + 5_000;
      let { status } = await ask(token('k-2'));
      while (status !== 200 && performance.now() < until) ({ status } = await ask(token('k-2')));
      expect(status).toBe(200);
      expect(issuer.asked).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
