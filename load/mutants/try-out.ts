import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../peers/bench.ts';
import { CannotMeasure } from '../perf/cannot-measure.ts';
import { comparePerformance } from '../perf/compare-performance.ts';
import { PART_NAMES, type PartName } from '../perf/gate-run.ts';
import type { RuleResult } from '../perf/rules/rule-result.ts';
import { buildTree, type BuiltTree } from '../perf/trees/build-tree.ts';
import { patched, type Source } from '../perf/trees/source.ts';
import { names, ruleText, type Mutant } from './mutant.ts';
import type { Finding, MutantRow, QuietRun } from './self-test-report.ts';

/** What every trial needs. */
export interface Trials {
  bench: Bench;
  source: Source;
  base: BuiltTree;
  say: (text: string) => void;
}

/** Lets the gate compare a tree with a planted regression to the tree without, until one of its rules notices. */
export async function tryMutant(trials: Trials, mutant: Mutant, seed: number): Promise<MutantRow> {
  const begun = performance.now();
  const row: MutantRow = {
    name: mutant.name,
    plants: mutant.plants,
    expected: mutant.caughtBy.map(ruleText),
    caught: null,
    others: [],
    seconds: 0,
    failure: null,
  };
  try {
    const head = await buildTree(patched(trials.source, mutant.file), { say: trials.say });
    for (const part of partsOf(mutant)) {
      const crossed = await crossedRules(trials, head, [part], subjectsOf(mutant, part), seed);
      const expected = crossed.filter((result) => names(mutant, result));
      row.others.push(...crossed.filter((result) => result !== expected[0]).map(ruleText));
      if (expected.length > 0) {
        row.caught = findingOf(expected[0]);
        break;
      }
    }
  } catch (error) {
    row.failure = reasonOf(error);
  }
  row.seconds = secondsSince(begun);
  return row;
}

/** Lets the gate compare the tree with another build of the same. */
export async function tryUnchanged(trials: Trials, twin: BuiltTree, seed: number): Promise<QuietRun> {
  const begun = performance.now();
  try {
    const alarms = (await crossedRules(trials, twin, PART_NAMES, null, seed)).map(findingOf);
    return { alarms, seconds: secondsSince(begun), failure: null };
  } catch (error) {
    return { alarms: [], seconds: secondsSince(begun), failure: reasonOf(error) };
  }
}

/** The same tree built apart, as a base and a head are: what is different is a file that nobody reads. */
export function buildTwin({ bench, source, say }: Trials): Promise<BuiltTree> {
  const patch = join(bench.folder, 'twin.patch');
  const file = 'unchanged';
  writeFileSync(
    patch,
    `diff --git a/${file} b/${file}\nnew file mode 100644\n--- /dev/null\n+++ b/${file}\n@@ -0,0 +1 @@\n+\n`,
  );
  try {
    return buildTree(patched(source, patch), { say });
  } finally {
    rmSync(patch);
  }
}

async function crossedRules(
  { bench, base, say }: Trials,
  head: BuiltTree,
  only: readonly PartName[],
  subjects: readonly string[] | null,
  seed: number,
): Promise<RuleResult[]> {
  const { results } = await comparePerformance({
    base,
    head,
    only,
    ...(subjects === null ? {} : { subjects }),
    quick: true,
    seed,
    bench,
    say,
  });
  return results.filter(({ judgement }) => judgement === 'worse');
}

/** The parts that its rules are in, in the order in which the head names them. */
function partsOf({ name, caughtBy }: Mutant): PartName[] {
  return [...new Set(caughtBy.map(({ rule }) => rule))].map((rule) => {
    const part = PART_NAMES.find((each) => each === rule);
    if (part === undefined) throw new CannotMeasure(`${name}: the gate has no part ${rule}`);
    return part;
  });
}

/** What its rules of one part are about; null when one is about everything that the part measures. */
function subjectsOf({ caughtBy }: Mutant, part: PartName): string[] | null {
  const subjects = caughtBy.filter(({ rule }) => rule === part).map(({ subject }) => subject);
  return subjects.includes(null) ? null : subjects.filter((subject) => subject !== null);
}

function findingOf(result: RuleResult): Finding {
  const { estimate, low, high } = result.change;
  return { rule: ruleText(result), change: { estimate, low, high }, relative: result.relative, unit: result.unit };
}

/** What is no failure to measure is a mistake here, and ends the run. */
function reasonOf(error: unknown): string {
  if (error instanceof CannotMeasure) return error.message;
  throw error;
}

function secondsSince(begun: number): number {
  return Math.round((performance.now() - begun) / 1_000);
}
