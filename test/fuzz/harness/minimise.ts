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

/** The fewest inputs, nearly, that take every way that all of them take; the shortest first. */
export function smallestCover(inputs: readonly Buffer[], run: (input: Buffer) => Coverage): Buffer[] {
  const covered = new Set<number>();
  const kept: Buffer[] = [];
  for (const input of [...inputs].sort((a, b) => a.length - b.length || Buffer.compare(a, b))) {
    const pairs = run(input).pairs();
    if (pairs.every((pair) => covered.has(pair))) continue;
    for (const pair of pairs) covered.add(pair);
    kept.push(input);
  }
  // What the short ones found is often found by a later one as well.
  const needed = new Set<number>();
  return kept.reverse().filter((input) => {
    const pairs = run(input).pairs();
    if (pairs.every((pair) => needed.has(pair))) return false;
    for (const pair of pairs) needed.add(pair);
    return true;
  });
}
