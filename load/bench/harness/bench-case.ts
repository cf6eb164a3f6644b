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
  /** `nsPerOp` is over the floor; `p50Us` is the whole time that one operation takes. */
  readonly metric: 'nsPerOp' | 'p50Us';
  readonly atMost: number;
}

/** A synchronous operation. It gives a number that depends on its work, so that the work cannot be left out. */
export interface SyncSubject {
  readonly kind: 'sync';
  /** @param i counts up from call to call and starts anew at MAX_INDEX */
  readonly op: (i: number) => number;
  close?(): Promise<void> | void;
}

/** An operation that is waited for, `inFlight` of them at once. */
export interface AsyncSubject {
  readonly kind: 'async';
  readonly inFlight: number;
  readonly op: (i: number) => Promise<unknown>;
  /** What the same road costs without the work, such as PING on the same connection. Default: a settled promise. */
  readonly floor?: (i: number) => Promise<unknown>;
  close?(): Promise<void> | void;
}

export type Subject = SyncSubject | AsyncSubject;

/** Where the index of operations starts anew: far from where V8 would make it a double. */
export const MAX_INDEX = 1 << 29;
