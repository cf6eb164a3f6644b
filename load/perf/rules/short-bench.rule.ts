import { changeOf } from '../statistics/change.ts';

/** What everything is a part of. */
export const REFERENCE = 'token/hs256';

/** The most that an operation may take, as a part of the reference: about twice what it took when this was written. */
export const SHORT_LIMITS: Readonly<Record<string, number>> = {
  'limiter/policies': 0.06,
  'breaker/call': 0.015,
  'token/recall': 0.06,
  'cache/hit': 0.07,
  'head/read': 0.1,
  'route/1000': 0.09,
};

export interface ShortBenchResult {
  name: string;
  ratio: number;
  low: number;
  high: number;
  limit: number;
  /** False when the whole interval is beyond the limit. */
  kept: boolean;
}

/** @param ratios to the reference, one of each round */
export function shortBenchResult(name: string, ratios: readonly number[]): ShortBenchResult {
  const [ratio, low, high] = (({ estimate, low: below, high: above }) => [estimate, below, above].map(Math.exp))(
    changeOf(ratios.map(Math.log)),
  );
  const limit = SHORT_LIMITS[name];
  return { name, ratio, low, high, limit, kept: low <= limit };
}
