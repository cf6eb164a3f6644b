import type { Change } from './change.ts';

/**
 * - `ok`: the whole interval is within the limit.
 * - `worse`: the whole interval is beyond it; or time is over, the estimate is beyond it and "no change" is not in the
 *   interval.
 * - `undecided`: within noise. It fails nothing, and is shown.
 */
export type Judgement = 'ok' | 'worse' | 'undecided';

/** While there is time to measure more. Null: these pairs cannot tell. */
export function decided({ low, high }: Change, limit: number): 'ok' | 'worse' | null {
  if (high <= limit) return 'ok';
  return low > limit ? 'worse' : null;
}

/** When there will be no more pairs. */
export function judged(change: Change, limit: number): Judgement {
  return decided(change, limit) ?? (change.low > 0 && change.estimate > limit ? 'worse' : 'undecided');
}
