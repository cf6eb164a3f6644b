/** Tries of one request that are told apart. */
const TRIES = 16;

/**
 * Chance by number: the second try of the hundredth request meets the same luck whatever happened before it. So two
 * configurations under one seed differ by what they do, and not by what they were dealt.
 */
export class Draws {
  /** @param seed any whole number of 32 bits; each matter that is left to chance has its own */
  constructor(private readonly seed: number) {}

  /** @returns from 0 up to, not including, 1 */
  of(request: number, attempt: number): number {
    let mixed = (request * TRIES + attempt) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16) ^ this.seed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    mixed = Math.imul(mixed ^ (mixed >>> 16) ^ this.seed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
}
