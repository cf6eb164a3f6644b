import type { Bench } from '../bench.ts';
import type { Peer } from '../peers/peer.ts';

/** One measurement: numbers by name, each name ending in its unit. */
export type Measurement = Record<string, number>;

/** One line of a table: who (or which variant) was measured, round by round. */
export interface Row {
  subject: string;
  rounds: Measurement[];
}

export interface Column {
  metric: string;
  title: string;
  digits: number;
  /** What a value is divided by before it is shown. */
  divideBy?: number;
  /** Show the extremes beside the median. */
  withSpread?: boolean;
}

/** A metric whose ratio to that of another line is a column of its own, paired round by round. */
export interface RatioColumns {
  metric: string;
  against: string[];
}

export interface WorkloadResult {
  workload: string;
  /** What was done, in one sentence: it stands above the table. */
  description: string;
  columns: Column[];
  ratios: RatioColumns | null;
  rows: Row[];
  /** Anything a reader must know to trust or distrust the figures. */
  notes: string[];
}

export interface Workload {
  name: string;
  run(bench: Bench, peers: readonly Peer[]): Promise<WorkloadResult>;
}
