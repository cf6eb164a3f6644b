/** A worker's question for memory. */
export interface RegionRequest {
  readonly name: string;
  readonly bytes: number;
  /** One slice of it for each worker, zeroed when that worker has ended. */
  readonly shares: boolean;
}

export type RegionReply = { readonly memory: SharedArrayBuffer } | { readonly refused: string };

/** The memory of the whole process, by name. It outlives the workers that use it. */
export class SharedRegions {
  private readonly regions = new Map<string, { readonly memory: SharedArrayBuffer; readonly shares: boolean }>();

  constructor(private readonly workers: number) {}

  get({ name, bytes, shares }: RegionRequest): RegionReply {
    const known = this.regions.get(name);
    if (known === undefined) {
      const memory = new SharedArrayBuffer(bytes);
      this.regions.set(name, { memory, shares });
      return { memory };
    }
    if (known.memory.byteLength === bytes && known.shares === shares) return { memory: known.memory };
    return {
      refused: `the shared memory ${name} has ${known.memory.byteLength} bytes; ${bytes} were asked for`,
    };
  }

  /** For the supervisor's own use. @throws Error when somebody has asked for another size */
  create(name: string, bytes: number, shares = false): SharedArrayBuffer {
    const reply = this.get({ name, bytes, shares });
    if ('refused' in reply) throw new Error(reply.refused);
    return reply.memory;
  }

  /** Voids what a worker that has ended was holding. */
  release(worker: number): void {
    for (const { memory, shares } of this.regions.values()) {
      if (!shares) continue;
      const bytesEach = memory.byteLength / this.workers;
      const slice = new Int32Array(memory, worker * bytesEach, bytesEach / Int32Array.BYTES_PER_ELEMENT);
      for (let at = 0; at < slice.length; at++) Atomics.store(slice, at, 0);
    }
  }
}
