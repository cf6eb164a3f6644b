import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { commonMemory } from '../../../../test/helpers/threads/common-memory.js';
import { Charge } from './charge.js';
import { Limit, TICKS_PER_MS, WINDOW_SLOTS, type Algorithm } from './limit.js';
import { MemoryStore } from './memory.store.js';

const SCHEDULES = 10_000;
const SEED = 20_261_125;

/** What a limit is by its definition, in whole numbers without an end: as slow as it is plain. */
interface Reference {
  /** Ticks until a request of that cost would be let through; 0 when it is. */
  wait(now: bigint, cost: bigint): bigint;
  take(now: bigint, cost: bigint): void;
}

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** ITU-T I.371, virtual scheduling: a request comes too early when it comes before its theoretical time less the tolerance. */
class ReferenceGcra implements Reference {
  private arrival = 0n;
  private readonly interval: bigint;
  private readonly tolerance: bigint;

  constructor(limit: Limit) {
    this.interval = BigInt(limit.unitTicks);
    this.tolerance = this.interval * BigInt(limit.burst);
  }

  wait(now: bigint, cost: bigint): bigint {
    return greater(0n, greater(now, this.arrival) + cost * this.interval - this.tolerance - now);
  }

  take(now: bigint, cost: bigint): void {
    this.arrival = greater(now, this.arrival) + cost * this.interval;
  }
}

/** Every request that was let through is remembered with its slot, as long as a window can touch it. */
class ReferenceWindow implements Reference {
  private taken: { slot: bigint; cost: bigint }[] = [];
  private readonly slotTicks: bigint;
  private readonly burst: bigint;

  constructor(limit: Limit) {
    this.slotTicks = BigInt(limit.slotTicks);
    this.burst = BigInt(limit.burst);
  }

  wait(now: bigint, cost: bigint): bigint {
    const slot = now / this.slotTicks;
    const held = this.taken.filter((each) => each.slot >= slot - BigInt(WINDOW_SLOTS));
    let used = held.reduce((sum, each) => sum + each.cost, 0n);
    if (used + cost <= this.burst) return 0n;
    // In the order in which they were taken, they leave.
    for (const each of held) {
      used -= each.cost;
      if (used + cost <= this.burst) return (each.slot + BigInt(WINDOW_SLOTS) + 1n) * this.slotTicks - now;
    }
    throw new RangeError('no request of that cost is ever let through');
  }

  take(now: bigint, cost: bigint): void {
    const slot = now / this.slotTicks;
    this.taken = this.taken.filter((each) => each.slot >= slot - BigInt(WINDOW_SLOTS));
    this.taken.push({ slot, cost });
  }
}

interface Policy {
  readonly limit: Limit;
  readonly reference: Map<number, Reference>;
  readonly cost: number;
  readonly shadow: boolean;
}

function policyOf(random: SeededRandom, algorithm: Algorithm): Policy {
  const burst = 1 + random.below(random.pick([3, 20, 1_000]));
  const windowMs = random.pick([1, 7, 333, 1_000, 60_000, 86_400_000]) + random.next();
  return {
    limit: new Limit({ algorithm, burst, windowMs }),
    reference: new Map(),
    cost: random.chance(0.7) ? 1 : 1 + random.below(burst),
    shadow: random.chance(0.1),
  };
}

function referenceOf({ limit, reference }: Policy, key: number): Reference {
  const known = reference.get(key) ?? (limit.sliding ? new ReferenceWindow(limit) : new ReferenceGcra(limit));
  reference.set(key, known);
  return known;
}

const ceilUs = (ticks: bigint): number => Number((ticks + 255n) / 256n);

/** A store for some schedules one after the other. */
class Bench {
  nowMs = 0;
  readonly store: MemoryStore;

  /** @param locking as if there were another worker, who does nothing */
  constructor(locking: boolean) {
    const memory = locking ? commonMemory(new Map(), 2, 0) : null;
    this.store = new MemoryStore({ keysMax: 16, now: () => this.nowMs, memory });
  }

  /** Goes on to where nothing that was used before says anything. */
  rest(random: SeededRandom): void {
    this.nowMs += 2 * 86_400_000 + random.below(1_000_000);
  }
}

/** One schedule: some policies, a few keys, requests at random times. Gives the first difference, or null. */
function compare(random: SeededRandom, algorithms: readonly Algorithm[], bench: Bench): string | null {
  bench.rest(random);
  const { store } = bench;
  const policies = algorithms.map((algorithm) => policyOf(random, algorithm));
  const steps = 5 + random.below(25);
  for (let step = 0; step < steps; step++) {
    const key = random.below(3);
    const now = BigInt(Math.floor(bench.nowMs * TICKS_PER_MS));
    const charges = policies.map(({ limit, cost, shadow }, policy) => {
      const charge = new Charge(policy, limit, cost, shadow);
      charge.high = key * 7_919 + policy;
      charge.low = key;
      return charge;
    });
    const admitted = store.decide(charges);
    const waits = policies.map((policy) => referenceOf(policy, key).wait(now, BigInt(policy.cost)));
    const expected = waits.every((wait, i) => wait === 0n || policies[i].shadow);
    const found = charges.map(({ waitUs }) => waitUs).join();
    if (admitted !== expected || found !== waits.map(ceilUs).join()) {
      return `step ${step}: ${admitted} instead of ${expected}, waits ${found} instead of ${waits.map(ceilUs).join()}`;
    }
    if (expected) {
      policies.forEach((policy, i) => {
        if (waits[i] === 0n) referenceOf(policy, key).take(now, BigInt(policy.cost));
      });
    }
    bench.nowMs += pauseMs(random, policies, charges);
  }
  return null;
}

/** Often exactly as long as was told, or a moment less: that is where a limit can be off by one. */
function pauseMs(random: SeededRandom, policies: readonly Policy[], charges: readonly Charge[]): number {
  const waitMs = Math.max(...charges.map(({ waitUs }) => waitUs)) / 1_000;
  if (waitMs > 0 && random.chance(0.5)) return random.chance(0.5) ? waitMs : Math.max(0, waitMs - 0.01);
  if (random.chance(0.4)) return 0;
  const { unitTicks, capacityTicks } = random.pick(policies).limit;
  return (random.next() * random.pick([unitTicks, 3 * unitTicks, capacityTicks, 2 * capacityTicks])) / TICKS_PER_MS;
}

function firstDifference(algorithms: (random: SeededRandom) => readonly Algorithm[]): string | null {
  let bench = new Bench(false);
  for (let schedule = 0; schedule < SCHEDULES; schedule++) {
    if (schedule % 20 === 0) bench = new Bench(schedule % 40 === 0);
    const random = new SeededRandom(SEED + schedule);
    const difference = compare(random, algorithms(random), bench);
    if (difference !== null) return `schedule ${schedule}, ${difference}`;
  }
  return null;
}

describe('limits in memory decide like their definition in 10,000 random schedules', () => {
  it('by gcra', () => {
    expect(firstDifference(() => ['gcra'])).toBeNull();
  });

  it('by sliding windows', () => {
    expect(firstDifference(() => ['sliding-window'])).toBeNull();
  });

  it('by several policies at once, of which all are charged or none', () => {
    const either = (random: SeededRandom): Algorithm => (random.chance(0.5) ? 'gcra' : 'sliding-window');
    expect(firstDifference((random) => [either(random), either(random), either(random)])).toBeNull();
  });
});
