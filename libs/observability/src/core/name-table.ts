import type { MemoryPlace } from './worker-memory.js';

const FREE = 0;
const BEING_WRITTEN = 1;
const WRITTEN = 2;

/** Characters of a name, one byte each. */
export const NAME_MAX = 59;
/** A word for the state and one byte for the length come before the name. */
const ENTRY_BYTES = 64;
/** Looks at an entry that is being written; the worker that writes it may have ended. */
const LOOKS = 100_000;

/** Names that workers agree on as they come up: whoever needs one first writes it, and all find it at its number. */
export class NameTable {
  private readonly states: Int32Array;
  private readonly bytes: Uint8Array;

  /** @param size names that it can hold */
  constructor(
    { memory, name }: MemoryPlace,
    readonly size: number,
  ) {
    const buffer = memory.region(`metrics/${name}/names`, size * ENTRY_BYTES);
    this.states = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  /**
   * @param name of up to NAME_MAX characters
   * @returns the number of the name, which it gets now when it has none; -1 when there is no room
   */
  numberOf(name: string): number {
    for (let number = 0; number < this.size; number++) {
      const at = (number * ENTRY_BYTES) / Int32Array.BYTES_PER_ELEMENT;
      if (Atomics.compareExchange(this.states, at, FREE, BEING_WRITTEN) === FREE) {
        this.write(number, name);
        Atomics.store(this.states, at, WRITTEN);
        return number;
      }
      if (this.nameOf(number) === name) return number;
    }
    return -1;
  }

  /** @returns null when there is none, or whoever was writing it has ended */
  nameOf(number: number): string | null {
    const at = (number * ENTRY_BYTES) / Int32Array.BYTES_PER_ELEMENT;
    for (let look = 0; Atomics.load(this.states, at) === BEING_WRITTEN && look < LOOKS; look++);
    if (Atomics.load(this.states, at) !== WRITTEN) return null;
    const start = number * ENTRY_BYTES + Int32Array.BYTES_PER_ELEMENT;
    return String.fromCharCode(...this.bytes.subarray(start + 1, start + 1 + this.bytes[start]));
  }

  private write(number: number, name: string): void {
    const start = number * ENTRY_BYTES + Int32Array.BYTES_PER_ELEMENT;
    this.bytes[start] = name.length;
    for (let i = 0; i < name.length; i++) this.bytes[start + 1 + i] = name.charCodeAt(i);
  }
}
