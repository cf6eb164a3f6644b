import type { Leadership } from './leadership.js';
import type { SharedMemory } from './shared-memory.js';
import type { WholeProcess } from './whole-process.js';

/** What a gateway knows of the workers beside it. */
export interface WorkerSeat {
  /** A name that all workers have, and no other process. */
  readonly processName: string;
  readonly memory: SharedMemory | null;
  readonly wholeProcess: WholeProcess;
  readonly leadership: Leadership;
}
