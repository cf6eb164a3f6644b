/** One field of a message: a number for varints, bytes for what has a length. */
export interface Field {
  number: number;
  varint: number;
  bytes: Buffer | null;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;

/** The fields of a message in protobuf's wire format (protobuf.dev/programming-guides/encoding). */
export function* fieldsOf(message: Buffer): Generator<Field> {
  const reader = new Reader(message);
  while (!reader.atEnd) {
    const tag = reader.varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case VARINT:
        yield { number, varint: reader.varint(), bytes: null };
        break;
      case LENGTH:
        yield { number, varint: 0, bytes: reader.bytes(reader.varint()) };
        break;
      case FIXED_64:
        reader.bytes(8);
        break;
      case FIXED_32:
        reader.bytes(4);
        break;
      default:
        throw new Error(`not a protobuf message: wire type ${tag % 8}`);
    }
  }
}

/** The numbers of a repeated field, packed into one or one at a time. */
export function varintsOf({ varint, bytes }: Field): number[] {
  if (bytes === null) return [varint];
  const reader = new Reader(bytes);
  const numbers: number[] = [];
  while (!reader.atEnd) numbers.push(reader.varint());
  return numbers;
}

class Reader {
  private readonly from: Buffer;
  private at = 0;

  constructor(from: Buffer) {
    this.from = from;
  }

  get atEnd(): boolean {
    return this.at >= this.from.length;
  }

  /** Exact up to 2^53, which is more nanoseconds and more identifiers than any profile has. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      if (this.atEnd) throw new Error('the message ends within a number');
      const byte = this.from[this.at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  bytes(length: number): Buffer {
    if (this.at + length > this.from.length) throw new Error('the message ends within a field');
    this.at += length;
    return this.from.subarray(this.at - length, this.at);
  }
}
