import { RetryBudget } from '@app/resilience';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseConfigObject, type ConfigObject } from '../config/index.js';
import { Events } from '../pipeline/contract/events.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { TryFailure } from '../pipeline/contract/try-failure.js';
import { retryBudgetSpent } from './events.js';
import { retryFor, RetryPolicy } from './retry.policy.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];
type Retry = NonNullable<Upstream['retry']>;
type RouteRetry = NonNullable<ConfigObject['routes']>[number]['retry'];

let spent: number;
let events: Events;

beforeEach(() => {
  spent = 0;
  events = new Events();
  events.on(retryBudgetSpent, () => void spent++);
});

interface Asked {
  method?: string;
  fields?: Record<string, string>;
  attempts?: number;
  ageMs?: number;
}

function contextOf({ method = 'GET', fields = {}, attempts = 1, ageMs = 0 }: Asked): RequestContext {
  const head = { method, field: (name: string) => fields[name] };
  return { head, attempts, events, startedAt: performance.now() - ageMs } as unknown as RequestContext;
}

function policyOf(retry: Retry = {}, ofRoute?: RouteRetry, timeoutMs = 30_000): RetryPolicy | null {
  const { config } = parseConfigObject({
    upstreams: { u: { targets: [{ url: 'http://127.0.0.1:9' }], retry } },
    routes: [{ id: 'r', match: { path: '/' }, upstream: 'u', retry: ofRoute }],
  });
  const settings = config.upstreams.u.retry;
  const own = settings === null ? null : retryFor(config.routes[0], settings);
  return own === null ? null : new RetryPolicy(own, new RetryBudget(0, 0.1), timeoutMs, 'u', () => 0.5);
}

/** The wait for the next try after a reply of that status. */
function after(status: number, policy: RetryPolicy | null, asked: Asked = {}, headers: string[] = []): number {
  return policy?.delay(contextOf(asked), status, null, headers) ?? Number.NaN;
}

describe('a retry policy', () => {
  it('repeats what it is told to, after half of the longest wait when chance says half', () => {
    expect([502, 503, 504].map((status) => after(status, policyOf()))).toEqual([13, 13, 13]);
    expect([200, 404, 429, 500, 501].map((status) => after(status, policyOf()))).toEqual([-1, -1, -1, -1, -1]);
    expect(after(503, policyOf({ attempts: 5, baseMs: 100, maxMs: 150 }), { attempts: 3 })).toBe(75);
  });

  it.each<[Retry['on'], TryFailure[], TryFailure[]]>([
    [['connect-failure'], ['connect-failed', 'connect-timeout', 'tls-failed'], ['reset', 'headers-timeout']],
    [['timeout'], ['headers-timeout'], ['connect-timeout', 'idle-timeout', 'reset']],
    [['reset'], ['reset'], ['connect-failed', 'malformed', 'head-too-large']],
    [['connect-failure', 'timeout', 'reset', '5xx'], [], ['aborted', 'request-failed', 'malformed']],
  ])('with %j repeats %j and not %j', (on, repeated, left) => {
    const delays = (failures: TryFailure[]): number[] =>
      failures.map((failure) => policyOf({ on, baseMs: 0 })?.delay(contextOf({}), 0, failure, null) ?? Number.NaN);
    expect(delays(repeated)).toEqual(repeated.map(() => 0));
    expect(delays(left)).toEqual(left.map(() => -1));
  });

  it('counts tries', () => {
    const policy = policyOf({ attempts: 3, baseMs: 0 });
    expect([1, 3, 4].map((attempts) => after(503, policy, { attempts }))).toEqual([0, -1, -1]);
  });

  it('repeats idempotent methods, and those that are marked', () => {
    const marked = { 'idempotency-key': '"k"' };
    expect(after(503, policyOf(), { method: 'POST' })).toBe(-1);
    expect(after(503, policyOf(), { method: 'POST', fields: marked })).toBe(-1);
    expect(after(503, policyOf({ idempotencyKey: true }), { method: 'POST', fields: marked })).toBe(13);
    expect(after(503, policyOf({ methods: ['post'] }), { method: 'POST' })).toBe(13);
    expect(after(503, policyOf({ methods: ['POST'] }), { method: 'GET' })).toBe(-1);
  });

  it('takes from its route what the route says', () => {
    expect(policyOf({}, false)).toBeNull();
    expect(after(404, policyOf({}, { on: [404] }))).toBe(13);
    expect(after(503, policyOf({}, { on: [404] }))).toBe(-1);
    expect(after(503, policyOf({ attempts: 9 }, { attempts: 2 }), { attempts: 2 })).toBe(-1);
    expect(after(503, policyOf({}, { methods: ['POST'] }), { method: 'POST' })).toBe(13);
  });

  it('waits as long as the upstream asks for, up to its maximum', () => {
    const policy = policyOf({ retryAfterMaxMs: 3_000 });
    expect(after(503, policy, {}, ['retry-after', '3'])).toBe(3_000);
    expect(after(503, policyOf({ retryAfterMaxMs: 3_000 }), {}, ['Retry-After', '4'])).toBe(-1);
    expect(after(503, policyOf(), {}, ['retry-after', '0'])).toBe(13);
    expect(after(503, policyOf(), {}, ['retry-after', 'soon'])).toBe(13);
  });

  it('does not wait beyond the deadline', () => {
    expect(after(503, policyOf({}, undefined, 1_000), { ageMs: 990 })).toBe(-1);
    expect(after(503, policyOf({}, undefined, 1_000), { ageMs: 500 })).toBe(13);
    expect(after(503, policyOf({}, undefined, 0), { ageMs: 1e9 })).toBe(13);
  });

  it('tells when the budget is spent, and spends it only on what it repeats', () => {
    const policy = policyOf();
    after(200, policy);
    after(503, policy, { method: 'POST' });
    expect([after(503, policy), after(503, policy)]).toEqual([13, -1]);
    expect(spent).toBe(1);
  });
});
