import { Problem } from '../problems/problem.js';
import type { ProblemType } from '../problems/problem-type.js';

/**
 * Refusals of one kind, which differ in `Retry-After` alone. The last one is kept, since many are alike when there are
 * many.
 */
export class Refusals {
  private last: Problem;
  private lastS = 1;

  constructor(private readonly type: ProblemType) {
    this.last = refusal(type, 1);
  }

  /** @param retryInMs rounded up to whole seconds, at least one */
  in(retryInMs: number): Problem {
    const seconds = Math.max(1, Math.ceil(retryInMs / 1000));
    if (seconds !== this.lastS) {
      this.lastS = seconds;
      this.last = refusal(this.type, seconds);
    }
    return this.last;
  }
}

function refusal(type: ProblemType, seconds: number): Problem {
  return new Problem(type, { headers: ['retry-after', String(seconds)] });
}
