/** Who has to act: the caller, the service behind the gateway, or the operator of the gateway. */
export type Fault = 'client' | 'upstream' | 'gateway';

/** One kind of failure, as users meet it. `code` is stable: clients and alerts may match on it. */
export interface ProblemType {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly fault: Fault;
  /** What happened, in words that are true of every occurrence and tell nothing of the inside. */
  readonly detail: string;
  /** What the reader can do; goes into docs/problems.md only. */
  readonly remedy: string;
}
