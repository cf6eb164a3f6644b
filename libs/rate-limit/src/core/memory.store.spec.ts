import { beforeEach, describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { Charge } from './charge.js';
import { Limit, type Algorithm } from './limit.js';
import { MemoryStore } from './memory.store.js';

let nowMs = 0;
beforeEach(() => {
  nowMs = 1_000;
});

const storeOf = (keysMax: number) => new MemoryStore({ keysMax, now: () => nowMs });
const random = new SeededRandom(4);
const anyWord = (): number => random.below(2 ** 32) | 0;

function chargeOf(limit: Limit, high: number, low: number, policy = 0, cost = 1): Charge {
  const charge = new Charge(policy, limit, cost);
  charge.high = high;
  charge.low = low;
  return charge;
}

describe.each<Algorithm>(['gcra', 'sliding-window'])('limits in memory, by %s', (algorithm) => {
  const limit = new Limit({ algorithm, burst: 5, windowMs: 60_000 });

  it('stay bounded under a million random keys, and let none of them have more than its limit', () => {
    const store = storeOf(1_000);
    const charge = chargeOf(limit, 0, 0);
    let admitted = 0;
    for (let i = 0; i < 1_000_000; i++) {
      charge.high = anyWord();
      charge.low = anyWord();
      if (store.decide([charge])) admitted++;
    }
    // 2,048 keys in cells of their own, which are new once each, and 16 cells that all others share.
    expect(store.held()).toBeLessThanOrEqual(2_048 + 16);
    expect(admitted).toBeLessThanOrEqual(2_048 + 16 * 5);
  });

  it('keep a limited client limited while keys flood in', () => {
    const store = storeOf(1_000);
    const victim = chargeOf(limit, 12_345, 678);
    for (let i = 0; i < 5; i++) expect(store.decide([victim])).toBe(true);
    const flood = chargeOf(limit, 0, 0);
    let slippedIn = 0;
    for (let i = 0; i < 300_000; i++) {
      // All of them into the neighbourhood of the client.
      flood.high = 12_345 ^ (anyWord() & ~0x7ff);
      flood.low = anyWord();
      store.decide([flood]);
      if (i % 1_000 === 0 && store.decide([victim])) slippedIn++;
    }
    expect(slippedIn).toBe(0);
  });

  it('give a client that had to share no fresh limit when it gets a place of its own', () => {
    const store = storeOf(16);
    const short = new Limit({ algorithm, burst: 1, windowMs: 1_000 });
    // Fills both neighbourhoods for a while.
    for (let i = 0; i < 200; i++) store.decide([chargeOf(short, anyWord(), anyWord(), 1)]);
    const client = chargeOf(limit, anyWord(), 7);
    let admitted = 0;
    for (let i = 0; i < 10; i++) if (store.decide([client])) admitted++;
    nowMs += 1_100;
    for (let i = 0; i < 10; i++) if (store.decide([client])) admitted++;
    expect(admitted).toBe(5);
  });

  it('tell what is left without taking of it', () => {
    const store = storeOf(16);
    const charge = chargeOf(limit, 1, 1);
    store.decide([charge]);
    for (let i = 0; i < 10; i++) expect([store.peek([charge]), charge.remaining]).toEqual([true, 4]);
  });

  it('forget keys by themselves', () => {
    const store = storeOf(1_000);
    for (let i = 0; i < 500; i++) store.decide([chargeOf(limit, anyWord(), anyWord())]);
    expect(store.held()).toBe(500);
    nowMs += 70_000;
    expect(store.held()).toBe(0);
  });

  it('give two limits of one request two places, also when both look for one at once', () => {
    const store = storeOf(16);
    const pair = [chargeOf(limit, 4, 1, 0), chargeOf(limit, 4, 2, 1)];
    for (let i = 0; i < 5; i++) expect(store.decide(pair)).toBe(true);
    expect(pair.map(({ remaining }) => remaining)).toEqual([0, 0]);
    expect(store.held()).toBe(2);
  });

  it('charge nobody when one of several refuses', () => {
    const store = storeOf(16);
    const narrow = chargeOf(new Limit({ algorithm, burst: 1, windowMs: 60_000 }), 1, 1, 0);
    const wide = chargeOf(limit, 1, 2, 1);
    expect(store.decide([wide, narrow])).toBe(true);
    for (let i = 0; i < 10; i++) expect(store.decide([wide, narrow])).toBe(false);
    expect([wide.refused, wide.remaining, narrow.refused, narrow.remaining]).toEqual([false, 4, true, 0]);
    expect(store.decide([wide])).toBe(true);
  });

  it('let in whoever waits the whole seconds that they are told, and nobody has to wait one more', () => {
    const store = storeOf(4_096);
    for (let round = 0; round < 2_000; round++) {
      const burst = 1 + random.below(50);
      const cost = 1 + random.below(burst);
      const windowMs = random.pick([20, 700, 5_000, 90_000, 3_600_000]) * (0.5 + random.next());
      const charge = chargeOf(new Limit({ algorithm, burst, windowMs }), round, 1, 0, cost);
      while (store.decide([charge])) nowMs += random.next() * (windowMs / burst);
      const waitS = Math.ceil(charge.waitUs / 1_000_000);
      const refusedAt = nowMs;
      nowMs = refusedAt + (waitS - 1) * 1_000;
      expect(waitS === 1 || !store.decide([charge])).toBe(true);
      nowMs = refusedAt + waitS * 1_000;
      expect(store.decide([charge])).toBe(true);
    }
  });
});

describe('a sliding window', () => {
  it('never holds more than its limit, however it lies', () => {
    const windowMs = 1_000;
    const store = storeOf(16);
    const charge = chargeOf(new Limit({ algorithm: 'sliding-window', burst: 10, windowMs }), 1, 1);
    const admittedAt: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      nowMs += random.next() * random.pick([1, 20, 300]);
      if (store.decide([charge])) admittedAt.push(nowMs);
    }
    for (let i = 10; i < admittedAt.length; i++) {
      expect(admittedAt[i] - admittedAt[i - 10]).toBeGreaterThanOrEqual(windowMs);
    }
  });
});

describe('numbers of policies', () => {
  it('stay the same for a name', () => {
    const store = storeOf(16);
    expect([store.policyNumber('a'), store.policyNumber('b'), store.policyNumber('a')]).toEqual([0, 1, 0]);
  });
});

describe('a limit', () => {
  it.each([
    [0, 1_000],
    [1.5, 1_000],
    [1, 0],
    [1, Number.NaN],
    [1, 40 * 86_400_000],
  ])('of %d in %d ms is none', (burst, windowMs) => {
    expect(() => new Limit({ burst, windowMs })).toThrow(RangeError);
  });
});
