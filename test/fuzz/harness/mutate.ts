import type { SeededRandom } from '../../helpers/seeded-random.js';

/** Bytes at which parsers change their mind. */
const pivotal = Buffer.from('\0\t\n\r "#%,-./0159:;=?@AFZ[\\]af~\x7f\x80\xff', 'latin1');

type Mutation = (input: Buffer, random: SeededRandom, others: Others) => Buffer;

/** What inputs may borrow from. */
export interface Others {
  readonly dictionary: readonly Buffer[];
  readonly corpus: readonly Buffer[];
}

const place = (input: Buffer, random: SeededRandom): number => random.below(input.length + 1);

/** Replaces `removed` bytes at a place by others. */
function splice(input: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, at), inserted, input.subarray(Math.min(input.length, at + removed))]);
}

function part(of: Buffer, random: SeededRandom): Buffer {
  const at = place(of, random);
  return of.subarray(at, at + 1 + random.below(random.chance(0.3) ? of.length + 1 : 12));
}

function changeByte(input: Buffer, random: SeededRandom, change: (byte: number) => number): Buffer {
  if (input.length === 0) return input;
  const out = Buffer.from(input);
  const at = random.below(out.length);
  out[at] = change(out[at]);
  return out;
}

const mutations: readonly Mutation[] = [
  (input, random) => changeByte(input, random, (byte) => byte ^ (1 << random.below(8))),
  (input, random) => changeByte(input, random, () => random.below(256)),
  (input, random) => changeByte(input, random, () => random.pick([...pivotal])),
  (input, random) => changeByte(input, random, (byte) => byte + random.pick([1, -1, 16, -16])),
  // Letter case.
  (input, random) => changeByte(input, random, (byte) => byte ^ 0x20),
  (input, random) => splice(input, place(input, random), 0, Buffer.from([random.pick([...pivotal])])),
  (input, random) => splice(input, place(input, random), 0, Buffer.from([random.below(256)])),
  (input, random) =>
    splice(input, place(input, random), 1 + random.below(random.chance(0.2) ? 64 : 4), Buffer.alloc(0)),
  // A word of the dictionary, put in or put over.
  (input, random, { dictionary }) => splice(input, place(input, random), 0, random.pick(dictionary)),
  (input, random, { dictionary }) => {
    const word = random.pick(dictionary);
    return splice(input, place(input, random), word.length, word);
  },
  // A part of it twice, or many times.
  (input, random) => splice(input, place(input, random), 0, part(input, random)),
  (input, random) => {
    const one = part(input, random);
    const times = 1 + random.below(random.chance(0.1) ? 200 : 6);
    return splice(input, place(input, random), 0, Buffer.concat(Array.from({ length: times }, () => one)));
  },
  // A part of another one, or its end.
  (input, random, { corpus }) =>
    splice(input, place(input, random), random.below(16), part(random.pick(corpus), random)),
  (input, random, { corpus }) => {
    const other = random.pick(corpus);
    return Buffer.concat([input.subarray(0, place(input, random)), other.subarray(place(other, random))]);
  },
  // Lines that change their places.
  (input, random) => {
    const lines = input.toString('latin1').split('\r\n');
    const [line] = lines.splice(random.below(lines.length), 1);
    lines.splice(random.below(lines.length + 1), 0, line);
    return Buffer.from(lines.join('\r\n'), 'latin1');
  },
  // Another number.
  (input, random) =>
    Buffer.from(
      input
        .toString('latin1')
        .replace(/\d+/g, (digits) =>
          random.chance(0.3) ? String(random.below(random.pick([2, 20, 70_000]))) : digits,
        ),
      'latin1',
    ),
];

/** A part of it as often as there is room: what is slow for some shape of input shows only there. */
function stretch(input: Buffer, random: SeededRandom, bytesMax: number): Buffer {
  const one =
    random.chance(0.5) && input.length > 0
      ? input.subarray(random.below(input.length)).subarray(0, 1)
      : part(input, random);
  if (one.length === 0) return input;
  const times = Math.floor((bytesMax - input.length) / one.length);
  return splice(input, place(input, random), 0, Buffer.concat(Array.from({ length: Math.max(0, times) }, () => one)));
}

/** Each byte and word that means something, as often as there is room, alone and inside of something else. */
export function* floods(words: readonly Buffer[], frame: Buffer, bytesMax: number): Generator<Buffer> {
  const half = frame.length >> 1;
  for (const word of [...Array.from(pivotal, (byte) => Buffer.from([byte])), ...words]) {
    const flood = Buffer.alloc(bytesMax - frame.length - 2, word);
    yield flood;
    yield Buffer.concat([Buffer.from('a'), flood, Buffer.from('b')]);
    yield Buffer.concat([frame.subarray(0, half), flood, frame.subarray(half)]);
  }
}

/** Another input that looks much like this one. */
export function mutate(input: Buffer, random: SeededRandom, others: Others, bytesMax: number): Buffer {
  let out = random.chance(0.01) ? stretch(input, random, bytesMax) : input;
  for (let times = 1 << random.below(4); times > 0; times--) out = random.pick(mutations)(out, random, others);
  return out.length > bytesMax ? out.subarray(0, bytesMax) : out;
}
