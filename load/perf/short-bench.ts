/**
 * `make bench-short`: a few operations of the request's path against limits that hold on any machine, within half a
 * minute. Each is compared with the verification of an HS256 token in the same rounds, most of which is OpenSSL's: what is
 * a tenth of it here is about a tenth of it anywhere, while nanoseconds differ.
 */
import { median } from '../bench/harness/median.ts';
import { runCase } from '../bench/run-case.ts';
import { alignText } from '../peers/report/table.ts';
import { shortBenchResult, SHORT_LIMITS, REFERENCE } from './rules/short-bench.rule.ts';

const EXIT_FAILED = 1;
const ROUNDS = 5;
const PLAN = { rounds: 24, sampleMs: 1, warmUpMs: 300 };

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

async function nsPerOp(name: string): Promise<number> {
  const outcome = await runCase({ name, plan: PLAN, cpuProfiles: null, heapProfiles: null });
  if ('figures' in outcome) return median(outcome.figures.nsPerOp);
  console.error(`bench-short: ${name}: ${outcome.failure.split('\n')[0]}`);
  process.exit(EXIT_FAILED);
}

const ratios = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round++) {
  const reference = await nsPerOp(REFERENCE);
  for (const name of Object.keys(SHORT_LIMITS)) {
    ratios.set(name, [...(ratios.get(name) ?? []), (await nsPerOp(name)) / reference]);
  }
}

const results = [...ratios].map(([name, found]) => shortBenchResult(name, found));
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
console.log(
  alignText([
    [`of ${REFERENCE}`, 'measured', 'interval', 'at most', ''],
    ...results.map(({ name, ratio, low, high, limit, kept }) => [
      name,
      percent(ratio),
      `${percent(low)} to ${percent(high)}`,
      percent(limit),
      kept ? 'met' : 'MISSED',
    ]),
  ]),
);
const missed = results.filter(({ kept }) => !kept).length;
console.log(`bench-short: ${results.length - missed} met, ${missed} missed`);
process.exit(missed === 0 ? 0 : EXIT_FAILED);
