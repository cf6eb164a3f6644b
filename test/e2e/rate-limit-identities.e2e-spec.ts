import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem, type ProblemType, type RequestContext, type Stage, type StageHooks } from '@app/gateway';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const wrongCredentials: ProblemType = {
  code: 'wrong-credentials',
  status: 401,
  title: 'Wrong',
  fault: 'client',
  detail: 'Wrong.',
  remedy: 'None.',
};

/** Believes every `tenant/user`, and refuses anything else. It takes a moment, as one does that asks somebody. */
class CredulousStage implements Stage {
  readonly name = 'credulous';
  readonly after = 'pre-auth-rate-limit';

  compile(): StageHooks {
    return {
      async request(context: RequestContext) {
        const credentials = context.head.field('x-credentials');
        await new Promise(setImmediate);
        if (credentials === undefined) return undefined;
        const [tenant, subject] = credentials.split('/');
        if (subject === undefined) return new Problem(wrongCredentials);
        const nothing = { provider: 'test', apiKey: '', roles: [], permissions: [], claims: {} };
        context.identity = { ...nothing, tenant, subject };
        return undefined;
      },
    };
  }
}

let gateway: RunningGateway;

beforeAll(async () => {
  const day = { windowS: 86_400 };
  gateway = await startGateway(
    {
      server: { trustProxy: ['127.0.0.1'] },
      rateLimit: {
        preAuth: { burst: 20, ...day },
        policies: [{ name: 'trial', by: 'tenant', burst: 1, ...day, shadow: true }],
      },
      routes: [
        {
          id: 'orders',
          match: { path: '/orders' },
          respond: {},
          rateLimit: [
            { name: 'tenant', by: 'tenant', burst: 4, ...day, overrides: { big: { burst: 10 } } },
            { name: 'user', by: ['tenant', 'user'], burst: 3, ...day },
          ],
        },
        { id: 'open', match: { path: '/open' }, respond: {}, rateLimit: false },
      ],
    },
    { stages: [CredulousStage] },
  );
});

afterAll(() => gateway?.close());

let address = 1;

/** From an address of its own, unless told. */
function ask(credentials: string | null, from = `203.0.113.${address++}`, path = '/orders') {
  const headers = { 'x-forwarded-for': from, ...(credentials === null ? {} : { 'x-credentials': credentials }) };
  return call(gateway.url + path, { headers });
}

async function statuses(times: number, credentials: string | null, from?: string, path?: string): Promise<string> {
  const found: number[] = [];
  for (let i = 0; i < times; i++) found.push((await ask(credentials, from, path)).status);
  return found.join(' ');
}

const metric = async (name: string) =>
  (await call(`${gateway.url}/metrics`)).text.split('\n').find((line) => line.startsWith(name));

describe('limits by who asks', () => {
  it('refuse a user, and then the tenant of all its users', async () => {
    expect(await statuses(4, 'a/ann')).toBe('200 200 200 429');
    const last = await ask('a/bob');
    expect(last.field('ratelimit')).toMatch(/^"tenant";r=0;t=\d+, "user";r=2;t=\d+$/);
    const refused = await ask('a/bob');
    expectProblem(refused, 429, 'rate-limited');
    // Refused by the one, and not charged to the other.
    expect(refused.json).toMatchObject({ 'violated-policies': ['tenant'] });
    expect(refused.field('ratelimit')).toMatch(/"user";r=2;/);
  });

  it('leave another tenant alone, and tell one with a limit of its own that limit', async () => {
    expect(await statuses(1, 'b/ann')).toBe('200');
    expect((await ask('big/ann')).field('ratelimit-policy')).toBe('"tenant";q=10;w=86400, "user";q=3;w=86400');
  });

  it('go by the address of those who are nobody', async () => {
    expect(await statuses(4, null, '198.51.100.1')).toBe('200 200 200 429');
    expect(await statuses(1, null, '198.51.100.2')).toBe('200');
  });
});

describe('the limit before authentication', () => {
  it('limits wrong credentials by address, of IPv6 by network, and tells when to come back', async () => {
    const found: number[] = [];
    for (let i = 0; i < 21; i++) found.push((await ask('wrong', `2001:db8::${i}`)).status);
    expect(found.slice(19)).toEqual([401, 429]);
    const refused = await ask('c/ann', '2001:db8:0:0:ffff::1');
    expectProblem(refused, 429, 'rate-limited');
    expect(refused.json).toMatchObject({ 'violated-policies': ['pre-auth'] });
    expect(refused.field('ratelimit')).toBe(`"pre-auth";r=0;t=${refused.field('retry-after')}`);
    expect(await statuses(1, 'c/ann', '2001:db8:0:1::1')).toBe('200');
  });

  it('does not hold on a route that wants no limits', async () => {
    expect(await statuses(25, null, '198.51.100.9', '/open')).not.toContain('429');
  });
});

describe('metrics', () => {
  it('count what limits let through and refused, what a policy in shadow would have, and the keys', async () => {
    expect(await metric('api_gateway_rate_limiter_allowed_total{route="orders"}')).toMatch(/ [1-9]\d*$/);
    expect(await metric('api_gateway_rate_limiter_rejected_total{route="orders"}')).toMatch(/ [1-9]\d*$/);
    expect(await metric('api_gateway_rate_limiter_shadow_rejected_total{route="orders"}')).toMatch(/ [1-9]\d*$/);
    expect(await metric('api_gateway_rate_limiter_active')).toMatch(/ [1-9]\d*$/);
    expect(await metric('api_gateway_rate_limiter_allowed_total{route="open"}')).toBeUndefined();
  });
});
