import { percentileOfSorted } from '../../peers/measure/spread.ts';

/** NaN for none. */
export function median(values: ArrayLike<number>): number {
  return percentileOf(values, 50);
}

/** Nearest rank; NaN for none. */
export function percentileOf(values: ArrayLike<number>, percent: number): number {
  return percentileOfSorted(
    Array.from(values).sort((a, b) => a - b),
    percent,
  );
}
