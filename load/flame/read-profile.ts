import { gunzipSync } from 'node:zlib';
import { fieldsOf, varintsOf, type Field } from './protobuf.ts';

/** A function as a profile knows it. */
export interface Place {
  name: string;
  /** Empty for what is no script. */
  file: string;
}

/** A stack that was seen, from the outermost call to the innermost, and the time that it had. */
export interface Stack {
  places: Place[];
  /** In the unit of the profile: nanoseconds of CPU. */
  weight: number;
}

// Numbers of the fields in github.com/google/pprof/blob/main/proto/profile.proto.
const PROFILE = { sampleType: 1, sample: 2, location: 4, function: 5, text: 6 };
const SAMPLE = { location: 1, value: 2 };
const LOCATION = { id: 1, line: 4 };
const LINE = { function: 1 };
const FUNCTION = { id: 1, name: 2, file: 4 };
const VALUE_TYPE = { type: 1 };

/** Reads a CPU profile in the gzipped format of pprof, as `/debug/pprof/profile` gives it. */
export function readProfile(gzipped: Buffer): Stack[] {
  const fields = [...fieldsOf(gunzipSync(gzipped))];
  const of = (number: number): Buffer[] => fields.filter((field) => field.number === number).map(bytesOf);
  const texts = of(PROFILE.text).map((bytes) => bytes.toString());
  const functions = new Map(
    of(PROFILE.function).map((message) => {
      const read = numbersOf(message);
      return [read(FUNCTION.id), { name: texts[read(FUNCTION.name)] ?? '', file: texts[read(FUNCTION.file)] ?? '' }];
    }),
  );
  const locations = new Map(of(PROFILE.location).map((message) => [numbersOf(message)(LOCATION.id), lines(message)]));
  const types = of(PROFILE.sampleType).map((message) => texts[numbersOf(message)(VALUE_TYPE.type)]);
  const value = types.indexOf('cpu');
  if (value < 0) throw new Error(`no CPU profile: its samples tell ${types.join(', ') || 'nothing'}`);
  return of(PROFILE.sample).map((message) => {
    const read = [...fieldsOf(message)];
    const all = (number: number): number[] => read.filter((field) => field.number === number).flatMap(varintsOf);
    const calls = all(SAMPLE.location).flatMap((id) => locations.get(id) ?? []);
    const places = calls.map((id) => functions.get(id) ?? { name: '?', file: '' });
    return { places: places.toReversed(), weight: all(SAMPLE.value)[value] ?? 0 };
  });
}

/** The functions of a location, the innermost first. */
function lines(location: Buffer): number[] {
  return [...fieldsOf(location)]
    .filter(({ number }) => number === LOCATION.line)
    .map((field) => numbersOf(bytesOf(field))(LINE.function));
}

function numbersOf(message: Buffer): (number: number) => number {
  const numbers = new Map([...fieldsOf(message)].map(({ number, varint }) => [number, varint]));
  return (number) => numbers.get(number) ?? 0;
}

function bytesOf({ number, bytes }: Field): Buffer {
  if (bytes === null) throw new Error(`not a profile: field ${number} is a number`);
  return bytes;
}
