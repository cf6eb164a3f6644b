import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Charge } from './charge.js';
import { Limit } from './limit.js';
import { decideScript, decideScriptSha } from './redis.script.js';
import { RedisStore, type ScriptConnection } from './redis.store.js';

const limit = new Limit({ burst: 10, windowMs: 1_000 });

interface Asked {
  readonly script: string;
  readonly keys: readonly unknown[];
  reply(value: unknown): void;
  fail(message: string): void;
}

/** A Redis whose answers are those of the test. */
class FakeRedis implements ScriptConnection {
  status = 'ready';
  isCluster = false;
  readonly asked: Asked[] = [];
  readonly evalsha = (sha: string, count: number, ...rest: (string | number)[]) =>
    this.ask(sha === decideScriptSha ? 'sha' : sha, count, rest);
  readonly eval = (script: string, count: number, ...rest: (string | number)[]) =>
    this.ask(script === decideScript ? 'text' : script, count, rest);

  private ask(script: string, count: number, rest: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        script,
        keys: rest.slice(0, count),
        reply: resolve,
        fail: (message) => reject(new Error(message)),
      });
    });
  }
}

function chargeOf(key: string): Charge {
  const charge = new Charge(0, limit);
  charge.key = key;
  return charge;
}

describe('limits in Redis', () => {
  let redis: FakeRedis;
  let store: RedisStore;
  let trust: boolean[];

  beforeEach(() => {
    jest.useFakeTimers();
    redis = new FakeRedis();
    trust = [];
    store = new RedisStore(redis, { timeoutMs: 20, probeMs: 100, waitingMax: 100, onTrust: (now) => trust.push(now) });
  });

  afterEach(() => {
    store.close();
    jest.useRealTimers();
  });

  const all = (decisions: readonly (Promise<boolean | null> | null)[]) =>
    Promise.all(decisions.map((each) => Promise.resolve(each)));
  const turn = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

  it('ask for all requests of one turn at once, and give each its own answer', async () => {
    const charges = [[chargeOf('a')], [chargeOf('b'), chargeOf('c')]];
    const decisions = charges.map((each) => store.decide(each));
    await turn();
    expect(redis.asked.map(({ keys }) => keys)).toEqual([['a', 'b', 'c']]);
    redis.asked[0].reply([9, 100, 0, 8, 200, 0, 0, 300, 5_000]);
    expect(await all(decisions)).toEqual([true, false]);
    expect(charges[1].map(({ remaining, refused, waitUs }) => [remaining, refused, waitUs])).toEqual([
      [8, false, 0],
      [0, true, 5_000],
    ]);
  });

  it('ask for so many at most, and for each by itself in a cluster', async () => {
    for (let i = 0; i < 70; i++) void store.decide([chargeOf(`k${i}`)]);
    await turn();
    expect(redis.asked.map(({ keys }) => keys.length)).toEqual([64, 6]);
    const cluster = new FakeRedis();
    cluster.isCluster = true;
    const other = new RedisStore(cluster);
    for (let i = 0; i < 3; i++) void other.decide([chargeOf(`k${i}`)]);
    expect(cluster.asked.map(({ keys }) => keys.length)).toEqual([1, 1, 1]);
    other.close();
  });

  it('send the script when Redis does not know it', async () => {
    const decision = store.decide([chargeOf('a')]);
    await turn();
    redis.asked[0].fail('NOSCRIPT No matching script.');
    await turn();
    expect(redis.asked.map(({ script }) => script)).toEqual(['sha', 'text']);
    redis.asked[1].reply([1, 1, 0]);
    expect(await decision).toBe(true);
    expect(store.available).toBe(true);
  });

  it('wait no longer than their time, ask no more then, and take late answers for none', async () => {
    const decision = store.decide([chargeOf('a')]);
    await turn();
    await jest.advanceTimersByTimeAsync(25);
    expect(await decision).toBeNull();
    expect(store.available).toBe(false);
    expect(store.decide([chargeOf('b')])).toBeNull();
    redis.asked[0].reply([1, 1, 0]);
    await turn();
    expect(store.available).toBe(false);
    expect(trust).toEqual([false]);
  });

  it('try one thing at a time until it works, and then go on', async () => {
    void store.decide([chargeOf('a')]);
    await turn();
    redis.asked[0].fail('OOM command not allowed');
    await turn();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(redis.asked.length).toBe(2);
    redis.asked[1].fail('OOM command not allowed');
    await jest.advanceTimersByTimeAsync(100);
    expect(redis.asked.length).toBe(3);
    redis.asked[2].reply([1, 1, 0]);
    await turn();
    expect(store.available).toBe(true);
    expect(trust).toEqual([false, true]);
  });

  it('do not take an answer that comes late for a Redis in order', async () => {
    void store.decide([chargeOf('a')]);
    await turn();
    redis.asked[0].fail('broken');
    await jest.advanceTimersByTimeAsync(150);
    redis.asked[1].reply([1, 1, 0]);
    await turn();
    expect(store.available).toBe(false);
  });

  it('let only so many wait', async () => {
    const decisions = Array.from({ length: 101 }, () => store.decide([chargeOf('a')]));
    expect(decisions.filter((each) => each === null).length).toBe(1);
    await turn();
  });

  it('give no decision at once while there is no connection', () => {
    redis.status = 'reconnecting';
    expect(store.decide([chargeOf('a')])).toBeNull();
  });

  it('leave nobody waiting when they are closed', async () => {
    const waiting = [store.decide([chargeOf('a')])];
    await turn();
    waiting.push(store.decide([chargeOf('b')]));
    store.close();
    expect(await all(waiting)).toEqual([null, null]);
  });
});
