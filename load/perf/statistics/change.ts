/** How much head differs from base: the centre of all paired differences, and what bounds it. */
export interface Change {
  estimate: number;
  /** The true change lies below `low` in at most 5 of 100 cases, and above `high` in as many. */
  low: number;
  high: number;
  /** It lies below this in at most 1 of 100: an alarm has to be surer than a pass. */
  surely: number;
  pairs: number;
}

const TAIL = 0.05;
const TAIL_OF_ALARMS = 0.01;
/** So many pairs it takes for `surely` to be a bound at all. */
export const PAIRS_FOR_ALARM = 7;

/**
 * The Hodges-Lehmann estimate of paired differences, with the exact bounds of Wilcoxon's signed-rank test (Hollander and
 * Wolfe, Nonparametric Statistical Methods, chapter 3). It assumes only that a difference is as likely to be off by so
 * much upwards as downwards, which holds for two equal builds that are measured in turns, whatever the noise is like.
 *
 * Below five pairs nothing bounds the change, and below {@link PAIRS_FOR_ALARM} nothing surely does: the bounds are
 * infinite.
 */
export function changeOf(differences: readonly number[]): Change {
  const averages = pairwiseAverages(differences);
  const pairs = differences.length;
  const rank = criticalRank(pairs, TAIL);
  const sureRank = criticalRank(pairs, TAIL_OF_ALARMS);
  return {
    estimate: medianOfSorted(averages),
    low: rank === null ? -Infinity : averages[rank],
    high: rank === null ? Infinity : averages[averages.length - 1 - rank],
    surely: sureRank === null ? -Infinity : averages[sureRank],
    pairs,
  };
}

/** Of positive figures: log(head / base), so that half and double are equally far away. */
export function relativeChange(pairs: readonly { base: number; head: number }[]): Change {
  const { estimate, low, high, surely, pairs: count } = changeOf(pairs.map(({ base, head }) => Math.log(head / base)));
  const [asPart, asPartLow, asPartHigh, asPartSurely] = [estimate, low, high, surely].map(Math.expm1);
  return { estimate: asPart, low: asPartLow, high: asPartHigh, surely: asPartSurely, pairs: count };
}

/** In the unit of the figures. */
export function absoluteChange(pairs: readonly { base: number; head: number }[]): Change {
  return changeOf(pairs.map(({ base, head }) => head - base));
}

/** Of each two differences, and each with itself, sorted. */
function pairwiseAverages(differences: readonly number[]): number[] {
  const averages: number[] = [];
  for (let i = 0; i < differences.length; i++) {
    for (let j = i; j < differences.length; j++) averages.push((differences[i] + differences[j]) / 2);
  }
  return averages.sort((a, b) => a - b);
}

/** The largest k with P(signed-rank statistic of n pairs <= k) <= tail, or null when there is none. */
export function criticalRank(n: number, tail: number): number | null {
  const ways = waysToSum(n);
  const all = 2 ** n;
  let below = 0;
  let rank: number | null = null;
  for (let k = 0; k < ways.length; k++) {
    below += ways[k];
    if (below / all > tail) break;
    rank = k;
  }
  return rank;
}

/** In how many ways some of 1..n add up to each sum. */
function waysToSum(n: number): Float64Array {
  const sums = (n * (n + 1)) / 2;
  const ways = new Float64Array(sums + 1);
  ways[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = sums; sum >= rank; sum--) ways[sum] += ways[sum - rank];
  }
  return ways;
}

function medianOfSorted(sorted: readonly number[]): number {
  if (sorted.length === 0) return NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
