import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../bench/harness/seeded-random.ts';
import type { Pair } from '../measure/pair.ts';
import { relativeChange } from './change.ts';
import { untilDecided, type Decision, type Effort, type Measure } from './until-decided.ts';

const LIMIT = 0.05;
const question = (name: string) => ({ name, limit: LIMIT, change: relativeChange });
const effort: Effort = { pairsMax: 24, deadlineAt: Infinity, confirmMs: 0 };

/** Each name as often as it is asked for: head / base from a list, whose last one goes on. */
function measured(ratios: Record<string, number[]>): { measure: Measure; asked: string[][] } {
  const asked: string[][] = [];
  const counts = new Map<string, number>();
  const measure: Measure = async (names) => {
    asked.push([...names]);
    return new Map(
      names.map((name): [string, Pair[]] => {
        const list = ratios[name];
        const at = counts.get(name) ?? 0;
        counts.set(name, at + 1);
        return [name, [{ base: 100, head: 100 * list[Math.min(at, list.length - 1)] }]];
      }),
    );
  };
  return { measure, asked };
}

async function decisionOn(ratios: number[], more: Partial<Effort> = {}): Promise<Decision> {
  const found = await untilDecided([question('one')], { ...effort, ...more }, measured({ one: ratios }).measure);
  return found.get('one')!;
}

describe('measuring until it is decided', () => {
  it('passes what is within the limit after five pairs, and measures it no more', async () => {
    const { measure, asked } = measured({ quiet: [1.01, 0.99], open: [1, 1.2, 0.9, 1.1, 1, 0.98] });
    const found = await untilDecided([question('quiet'), question('open')], effort, measure);
    expect(found.get('quiet')).toMatchObject({ judgement: 'ok', change: { pairs: 5 } });
    expect(asked[4]).toEqual(['quiet', 'open']);
    expect(asked[5]).toEqual(['open']);
  });

  it('calls worse what is beyond the limit in two series', async () => {
    const decision = await decisionOn([1.1, 1.11, 1.09, 1.12, 1.1, 1.1, 1.09]);
    expect(decision).toMatchObject({ judgement: 'worse', unconfirmed: false, change: { pairs: 7 } });
    // Of the second series.
    expect(decision.change.estimate).toBeCloseTo(0.09, 10);
  });

  it('calls undecided what only the first series found', async () => {
    const decision = await decisionOn([1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1]);
    expect(decision).toMatchObject({ judgement: 'undecided', unconfirmed: true });
  });

  it('fails at the end of the time only what is beyond the limit and surely no chance', async () => {
    // Between the limit and beyond it, and never unchanged.
    const wavering = Array.from({ length: 200 }, (_, i) => 1.052 + 0.02 * (((2 * i) % 5) - 2));
    expect(await decisionOn(wavering)).toMatchObject({ judgement: 'worse', change: { pairs: 24 } });
    const noisy = Array.from({ length: 200 }, (_, i) => 1.06 + 0.15 * (((2 * i) % 5) - 2));
    expect(await decisionOn(noisy)).toMatchObject({ judgement: 'undecided', unconfirmed: false });
  });

  it('stops at the deadline, and decides nothing from too few pairs', async () => {
    let now = 0;
    const decision = await decisionOn([1.02], { deadlineAt: 3, now: () => ++now });
    expect(decision).toMatchObject({ judgement: 'undecided', change: { pairs: 3 } });
  });

  it('goes on at the deadline with what seems worse, until it can be said', async () => {
    const decision = await decisionOn([1.2, 1.21, 1.19], { deadlineAt: 0 });
    expect(decision).toMatchObject({ judgement: 'worse', change: { pairs: 7 } });
  });

  it('drops what cannot be measured on both sides', async () => {
    const found = await untilDecided([question('new')], effort, async () => new Map());
    expect(found.size).toBe(0);
  });

  it.each([
    ['a quiet machine', 0.02],
    ['a busy one', 0.1],
    ['a hopeless one', 0.5],
  ])('raises hardly an alarm in 1,000 runs of two equal builds on %s', async (_, deviation) => {
    // Two series that are each wrong in one of a hundred cases, with some looks at each: 1 of 1,000 is what to expect.
    expect(await alarmsIn(1_000, { change: 0, deviation })).toBeLessThanOrEqual(deviation < 0.05 ? 0 : 3);
  });

  it('notices 10 % more in each of 200 runs', async () => {
    expect(await alarmsIn(200, { change: 0.1, deviation: 0.02 })).toBe(200);
  });
});

/**
 * How many runs end as worse, where a pair of processes is off by so much (one standard deviation), one of twenty by five
 * times that, and the head by `change`.
 */
async function alarmsIn(runs: number, { change, deviation }: { change: number; deviation: number }): Promise<number> {
  const random = seededRandom(2026);
  let alarms = 0;
  for (let i = 0; i < runs; i++) {
    const measure: Measure = async (names) =>
      new Map(
        names.map((name): [string, Pair[]] => {
          const noise = deviation * normal(random) * (random() < 0.05 ? 5 : 1);
          return [name, [{ base: 100, head: 100 * (1 + change) * Math.exp(noise) }]];
        }),
      );
    const found = await untilDecided([question('cpu')], effort, measure);
    if (found.get('cpu')!.judgement === 'worse') alarms++;
  }
  return alarms;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
