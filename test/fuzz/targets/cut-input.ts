import { SeededRandom } from '../../helpers/seeded-random.js';

/** Longer ones would take most of the time. */
const BYTE_BY_BYTE_MAX = 400;

/** The ways in which an input is cut that has to be read alike in all of them: whole, byte by byte, at random. */
export function cuts(input: Buffer): Buffer[][] {
  const random = new SeededRandom(input.length * 31 + (input.length > 0 ? input[input.length - 1] : 0));
  const ways = [[input], atRandom(input, random), atRandom(input, random)];
  if (input.length <= BYTE_BY_BYTE_MAX) ways.push(Array.from(input, (_, i) => input.subarray(i, i + 1)));
  return ways;
}

function atRandom(input: Buffer, random: SeededRandom): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < input.length;) {
    const bytes = 1 + random.below(random.chance(0.5) ? 8 : input.length);
    pieces.push(input.subarray(at, at + bytes));
    at += bytes;
  }
  return pieces;
}
