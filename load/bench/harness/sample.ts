import { interruptions } from './interruptions.ts';

/** One timed stretch. */
export interface Sample {
  ns: number;
  ops: number;
  /** Times that others took the core in the middle of it. */
  interruptions: number;
}

const TRIES = 4;

/**
 * Times a synchronous stretch; again when others took the core in its middle, and keeps the try that was interrupted
 * least. The choice does not look at the time itself, so it does not favour quick ones.
 */
export function timed(ops: number, work: () => void): Sample {
  let best = once(ops, work);
  for (let tries = 1; tries < TRIES && best.interruptions > 0; tries++) {
    const again = once(ops, work);
    if (again.interruptions < best.interruptions) best = again;
  }
  return best;
}

function once(ops: number, work: () => void): Sample {
  const before = interruptions();
  const startedAt = performance.now();
  work();
  const ns = (performance.now() - startedAt) * 1e6;
  return { ns, ops, interruptions: interruptions() - before };
}
