import type { ProblemType } from './problem-type.js';

/** What an occurrence adds to its type. */
export interface ProblemOptions {
  /** Replaces the detail of the type. Must not tell addresses, stacks or secrets. */
  detail?: string;
  /** Response fields, flat: name, value, name, value. */
  headers?: readonly string[];
  /** Extension members of the reply (RFC 9457 section 3.2). */
  members?: Readonly<Record<string, unknown>>;
}

const brand = Symbol.for('sluice.problem');

/**
 * A failure that ends a request. It is a value, not an Error: making one costs no stack trace, and a stage returns it
 * instead of throwing it.
 */
export class Problem {
  readonly [brand] = true;
  readonly detail: string;
  readonly headers: readonly string[];
  readonly members: Readonly<Record<string, unknown>> | undefined;

  constructor(
    readonly type: ProblemType,
    options: ProblemOptions = {},
  ) {
    this.detail = options.detail ?? type.detail;
    this.headers = options.headers ?? [];
    this.members = options.members;
  }

  static is(value: unknown): value is Problem {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
