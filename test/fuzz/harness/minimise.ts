import type { Coverage } from './coverage.js';

/** Runs of an input at most: long ones are not worth more. */
const TRIES_MAX = 400;

/** The input without all that it does not need to stay what it is. @param holds still is it */
export function shorten(input: Buffer, holds: (candidate: Buffer) => boolean): Buffer {
  let shortest = input;
  let tries = 0;
  for (let piece = input.length >> 1; piece >= 1; piece >>= 1) {
    for (let at = 0; at < shortest.length && tries < TRIES_MAX; tries++) {
      const candidate = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + piece)]);
      if (holds(candidate)) shortest = candidate;
      else at += piece;
    }
  }
  return shortest;
}

/**
 * Few inputs that take every way that all of them take. Those that were kept before stay where they can, so that a run
 * changes a corpus by what it has found; of the new ones the shortest come first.
 */
export function smallestCover(
  kept: readonly Buffer[],
  found: readonly Buffer[],
  run: (input: Buffer) => Coverage,
): Buffer[] {
  const covered = new Set<number>();
  const short = [...found].sort((a, b) => a.length - b.length || Buffer.compare(a, b));
  return [...kept, ...short].filter((input) => {
    const pairs = run(input).pairs();
    if (pairs.every((pair) => covered.has(pair))) return false;
    for (const pair of pairs) covered.add(pair);
    return true;
  });
}
