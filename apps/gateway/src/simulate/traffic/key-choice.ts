import { SimulationInputError } from '../simulation-input.error.js';
import { Caller } from './caller.js';

const KEYS_MAX = 1_000_000;

/** Who asks, among so many callers: all alike, or few of them most of the time (Zipf's law). */
export class KeyChoice {
  private readonly callers: (Caller | undefined)[];
  /** Sums of the shares; null when all have the same. */
  private readonly sums: Float64Array | null;

  /** @param text `N`, `zipf:N` or `zipf:N:EXPONENT` */
  constructor(readonly text: string) {
    const [, zipf, count, exponent = '1'] = /^(zipf:)?(\d{1,7})(?::(\d(?:\.\d+)?))?$/.exec(text) ?? [];
    const keys = Number(count);
    if (!(keys >= 1 && keys <= KEYS_MAX) || (zipf === undefined && text.includes(':'))) {
      throw SimulationInputError.usage(
        `--keys ${JSON.stringify(text)}: must be N, zipf:N or zipf:N:EXPONENT, with N from 1 to 1000000`,
      );
    }
    this.callers = Array.from({ length: keys });
    this.sums = zipf === undefined ? null : sumsOf(keys, Number(exponent));
  }

  /** @param random from 0 up to, not including, 1 */
  pick(random: number): Caller {
    const { callers, sums } = this;
    const at = sums === null ? Math.floor(random * callers.length) : firstAbove(sums, random * sums[sums.length - 1]);
    // An address, so that limits by network see what they would see.
    return (callers[at] ??= new Caller(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`));
  }
}

function sumsOf(keys: number, exponent: number): Float64Array {
  const sums = new Float64Array(keys);
  let sum = 0;
  for (let i = 0; i < keys; i++) sums[i] = sum += (i + 1) ** -exponent;
  return sums;
}

function firstAbove(sums: Float64Array, wanted: number): number {
  let from = 0;
  let to = sums.length - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sums[middle] > wanted) to = middle;
    else from = middle + 1;
  }
  return from;
}
