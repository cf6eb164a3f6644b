import type { SharedMemory } from '../workers/shared-memory.js';
import { ACTIVE_STRIDE, TARGET_TIMES, TARGET_WORDS, TargetStanding } from './target-standing.js';

/** Where boards lie: in what all workers share, or in memory of this one's own. */
type BoardMemory = Pick<SharedMemory, 'workers' | 'worker'> &
  Record<'region' | 'shares', (name: string, bytes: number) => ArrayBufferLike>;

/** What workers share of their upstreams, and the clock that is the same for all of them. */
export interface SharedUpstreams {
  readonly memory: SharedMemory;
  /** In milliseconds; never goes back. */
  readonly now: () => number;
}

const ownMemory: BoardMemory = {
  workers: 1,
  worker: 0,
  region: (_, bytes) => new ArrayBuffer(bytes),
  shares: (_, bytes) => new ArrayBuffer(bytes),
};

const VERSION = 0;
const PANIC = 1;
const GROUP_WORDS = 2;

/**
 * What all workers know of the targets of one upstream: health, ejections, exchanges under way. One that is alone has a
 * board of its own, and asks the same questions.
 */
export class TargetBoard {
  private readonly words: Int32Array;
  private readonly times: Float64Array;
  private readonly active: Int32Array;
  private readonly worker: number;
  private readonly stride: number;
  readonly now: () => number;

  /** @param shared null when this worker is alone */
  constructor(upstream: string, targets: number, shared: SharedUpstreams | null) {
    const memory: BoardMemory = shared?.memory ?? ownMemory;
    this.now = shared?.now ?? (() => performance.now());
    this.worker = memory.worker;
    this.stride = targets * ACTIVE_STRIDE;
    const words = GROUP_WORDS + targets * TARGET_WORDS;
    const wordBytes = words * Int32Array.BYTES_PER_ELEMENT;
    const timeBytes = targets * TARGET_TIMES * Float64Array.BYTES_PER_ELEMENT;
    const region = memory.region(`upstreams/${upstream}`, wordBytes + timeBytes);
    this.words = new Int32Array(region, 0, words);
    this.times = new Float64Array(region, wordBytes);
    const activeBytes = this.stride * Int32Array.BYTES_PER_ELEMENT;
    this.active = new Int32Array(memory.shares(`upstreams/${upstream}/active`, activeBytes));
  }

  /** Is another one whenever a target has gone or come back: what was concluded before is out of date. */
  get version(): number {
    return Atomics.load(this.words, VERSION);
  }

  changed(): void {
    Atomics.add(this.words, VERSION, 1);
  }

  /** @returns whether it was otherwise, and this worker is the one that has changed it */
  setPanic(panic: boolean): boolean {
    const [before, after] = panic ? [0, 1] : [1, 0];
    return Atomics.compareExchange(this.words, PANIC, before, after) === before;
  }

  standing(target: number): TargetStanding {
    const words = GROUP_WORDS + target * TARGET_WORDS;
    return new TargetStanding(
      this.words.subarray(words, words + TARGET_WORDS),
      this.times.subarray(target * TARGET_TIMES, (target + 1) * TARGET_TIMES),
      this.active.subarray(target * ACTIVE_STRIDE),
      this.stride,
      this.worker,
    );
  }
}
