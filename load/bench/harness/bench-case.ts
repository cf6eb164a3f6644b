/** One operation to measure. What is measured is in `prepare`; the rest says what it is for. */
export interface BenchCase {
  /** Unique, and what `--only` takes; `--only` also takes what stands before the first slash: `limiter/one-key`. */
  readonly name: string;
  /** What one operation is, in a few words. */
  readonly title: string;
  /** What it may cost, where there is a target. */
  readonly limit?: Limit;
  /** Builds what is measured and sees that it does what it should. Runs in a process of its own. */
  prepare(): Promise<Subject> | Subject;
}

/** The most that may be found, in the unit of the metric. */
export interface Limit {
  /** `nsPerOp` is over the floor; `p50Us` the whole time that one operation takes; `pauseMs` the longest pause. */
  readonly metric: 'nsPerOp' | 'p50Us' | 'pauseMs';
  readonly atMost: number;
}

/** A synchronous operation. It gives a number that depends on its work, so that the work cannot be left out. */
export interface SyncSubject {
  readonly kind: 'sync';
  /** @param i counts up from call to call and starts anew at MAX_INDEX */
  readonly op: (i: number) => number;
  readonly close?: () => Promise<void> | void;
}

/** An operation that is waited for, `inFlight` of them at once. */
export interface AsyncSubject {
  readonly kind: 'async';
  readonly inFlight: number;
  readonly op: (i: number) => Promise<unknown>;
  /** What the same road costs without the work, such as PING on the same connection. Default: a settled promise. */
  readonly floor?: (i: number) => Promise<unknown>;
  readonly close?: () => Promise<void> | void;
}

/** An operation at a steady pace, for what it does to the event loop behind its back: in timers, once in a while. */
export interface PacedSubject {
  readonly kind: 'paced';
  readonly perSecond: number;
  /** How long it runs before it is looked at, in milliseconds: until what it remembers is full. */
  readonly fillMs: number;
  readonly op: (i: number) => unknown;
  readonly close?: () => Promise<void> | void;
}

export type Subject = SyncSubject | AsyncSubject | PacedSubject;

/** Where the index of operations starts anew: far from where V8 would make it a double. */
export const MAX_INDEX = 1 << 29;
