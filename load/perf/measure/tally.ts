import type { Answers } from './closed-loop.ts';

/** What one side answered in the whole run, whatever was measured meanwhile. */
export class Tally {
  requests = 0;
  /** 5xx, and connections that broke. */
  serverErrors = 0;

  take({ requests, byStatus }: Answers): void {
    this.requests += requests;
    for (const [status, count] of byStatus) if (status >= 500 || status === 0) this.serverErrors += count;
  }

  takeCounts(requests: number, serverErrors: number): void {
    this.requests += requests;
    this.serverErrors += serverErrors;
  }

  get errorPercent(): number {
    return this.requests === 0 ? 0 : (100 * this.serverErrors) / this.requests;
  }
}
