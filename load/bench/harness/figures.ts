import type { Garbage } from './garbage.ts';

/** What one process found: one number a round, the floor beside the subject. */
export interface Figures {
  /** Nanoseconds for one operation, the floor taken off; for several in flight, elapsed time over operations, whole. */
  nsPerOp: number[];
  floorNsPerOp: number[];
  /** Latency of one operation, where several are in flight; else empty. */
  p50Us: number[];
  p99Us: number[];
  floorP50Us: number[];
  /** Longest pause of the event loop in each round, where that is what is measured; else empty. */
  pauseMs: number[];
  bytesPerOp: number;
  gcPercent: number;
  /** Share of the rounds in which others took the core, although their samples were taken again. */
  interruptedPercent: number;
}

export interface Plan {
  rounds: number;
  /** Length of one sample. */
  sampleMs: number;
  warmUpMs: number;
}

/** The harness's own allocations are not the subject's. */
export function over(subject: Garbage, floor: Garbage): Garbage {
  return { bytesPerOp: Math.max(0, subject.bytesPerOp - floor.bytesPerOp), gcPercent: subject.gcPercent };
}
