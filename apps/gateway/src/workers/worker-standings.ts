import type { SharedMemory } from './shared-memory.js';

/** Where the worker of an index stands. */
export type WorkerPhase = 'absent' | 'starting' | 'serving' | 'draining';

const PHASES: readonly WorkerPhase[] = ['absent', 'starting', 'serving', 'draining'];
const FIELDS = 2;

/** How the workers stand, written by the supervisor and read by whichever worker tells of them. */
export class WorkerStandings {
  static readonly REGION = 'workers.standings';
  private readonly fields: Int32Array;

  static bytes(workers: number): number {
    return workers * FIELDS * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Those of this process. */
  static in(memory: SharedMemory): WorkerStandings {
    const { workers } = memory;
    return new WorkerStandings(memory.region(WorkerStandings.REGION, WorkerStandings.bytes(workers)), workers);
  }

  constructor(
    memory: SharedArrayBuffer,
    readonly workers: number,
  ) {
    this.fields = new Int32Array(memory);
  }

  phase(worker: number): WorkerPhase {
    return PHASES[Atomics.load(this.fields, worker * FIELDS)];
  }

  /** Times that the worker of an index was replaced. */
  restarts(worker: number): number {
    return Atomics.load(this.fields, worker * FIELDS + 1);
  }

  get serving(): number {
    let count = 0;
    for (let worker = 0; worker < this.workers; worker++) if (this.phase(worker) === 'serving') count++;
    return count;
  }

  setPhase(worker: number, phase: WorkerPhase): void {
    Atomics.store(this.fields, worker * FIELDS, PHASES.indexOf(phase));
  }

  countRestart(worker: number): void {
    Atomics.add(this.fields, worker * FIELDS + 1, 1);
  }
}
