import { openBench, type Bench } from '../peers/bench.ts';
import { environment } from '../peers/measure/environment.ts';
import { spread } from '../peers/measure/spread.ts';
import { CannotMeasure } from './cannot-measure.ts';
import { PART_NAMES, type GatePart, type GateRun, type PartName } from './gate-run.ts';
import { Tally } from './measure/tally.ts';
import { benchPart } from './parts/bench.part.ts';
import { cpuPart } from './parts/cpu.part.ts';
import { errorsPart } from './parts/errors.part.ts';
import { latencyPart } from './parts/latency.part.ts';
import { memoryPart } from './parts/memory.part.ts';
import { busyNotes, idleCorePercent } from './measure/busyness.ts';
import type { RuleResult } from './rules/rule-result.ts';
import type { BuiltTree } from './trees/build-tree.ts';
import type { Verdict } from './verdict.ts';

export interface Comparison {
  base: BuiltTree;
  head: BuiltTree;
  /** Default: all. */
  only?: readonly PartName[];
  /** About a quarter of the whole: fewer benches, shorter slices. */
  quick?: boolean;
  /** When open questions stay open. What seems worse is measured again beyond it, for half as long at most. */
  timeLimitSeconds?: number;
  /** Another seed lets the other side begin. */
  seed?: number;
  say?: (text: string) => void;
  /** Several comparisons in one process share one. Default: one is opened. */
  bench?: Bench;
}

/** The order of the parts: the errors are last, since they count all answers of the run. */
const parts: readonly GatePart[] = [benchPart, cpuPart, memoryPart, latencyPart, errorsPart];

const TIME_LIMIT_SECONDS = { whole: 420, quick: 150 };

/** Measures two builds in turns on this machine, and holds the head against the limits. Throws {@link CannotMeasure}. */
export async function comparePerformance(comparison: Comparison): Promise<Verdict> {
  const { base, head, only = PART_NAMES, quick = false, seed = 1, say = () => {} } = comparison;
  const limitSeconds = comparison.timeLimitSeconds ?? TIME_LIMIT_SECONDS[quick ? 'quick' : 'whole'];
  const bench = comparison.bench ?? (await openBench(1, 1));
  const tallies = { base: new Tally(), head: new Tally() };
  const run: GateRun = { bench, trees: { base, head }, tallies, othersPercent: [], quick, seed, say };
  const startedAt = new Date();
  const begun = performance.now();
  const chosen = parts.filter(({ name }) => only.includes(name));
  const before = busyNotes('before the run', await idleCorePercent(bench.cores));
  for (const note of before) say(note);
  const results: Verdict['results'] = [];
  let sharesLeft = chosen.reduce((sum, { share }) => sum + share, 0);
  for (const part of chosen) {
    // What an earlier part did not need is there for the later ones.
    const leftMs = Math.max(0, begun + limitSeconds * 1000 - performance.now());
    const timeMs = leftMs * (part.share / sharesLeft);
    sharesLeft -= part.share;
    try {
      results.push(...(await part.run(run, { deadlineAt: performance.now() + timeMs, confirmMs: timeMs / 2 })));
    } catch (error) {
      if (error instanceof CannotMeasure) throw error;
      throw new CannotMeasure(`${part.name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return {
    regression: results.some(({ judgement }) => judgement === 'worse'),
    results,
    unmeasured: results.filter(isUnmeasured).length,
    labels: { base: base.label, head: head.label },
    notes: [...before, ...busyNotes('during the run', spread(run.othersPercent)?.median ?? 0)],
    startedAt: startedAt.toISOString(),
    seconds: Math.round((performance.now() - begun) / 1000),
    quick,
    seed,
    environment: environment(bench.cores, []),
  };
}

/** One that could never be compared, such as a new bench, has a note, and is no matter of time. */
function isUnmeasured({ judgement, change, note }: RuleResult): boolean {
  return judgement === 'undecided' && note === null && change.high === Infinity;
}
