import type { Change } from './change.ts';

/**
 * - `ok`: the whole interval is within the limit.
 * - `worse`: it is surely beyond the limit; or time is over, the estimate is beyond it and there surely is a change.
 * - `undecided`: within noise. It fails nothing, and is shown.
 */
export type Judgement = 'ok' | 'worse' | 'undecided';

/** While there is time to measure more. Null: these pairs cannot tell. */
export function decided({ high, surely }: Change, limit: number): 'ok' | 'worse' | null {
  if (high <= limit) return 'ok';
  return surely > limit ? 'worse' : null;
}

/** When there will be no more pairs. */
export function judged(change: Change, limit: number): Judgement {
  return decided(change, limit) ?? (change.surely > 0 && change.estimate > limit ? 'worse' : 'undecided');
}
