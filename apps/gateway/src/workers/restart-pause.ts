/** A worker that has lived this long had no trouble with its start. */
const SETTLED_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const PAUSE_MS_MAX = 30_000;

/**
 * How long the place of a worker that has ended stays empty: not at all, and longer each time it ends again soon after
 * its start, up to 30 seconds. A worker that cannot live must not keep a core busy with its starts.
 */
export class RestartPause {
  private failures = 0;

  /** @param livedMs how long the worker that has ended was there. @returns milliseconds */
  next(livedMs: number): number {
    this.failures = livedMs >= SETTLED_MS ? 0 : this.failures + 1;
    if (this.failures <= 1) return 0;
    return Math.min(FIRST_PAUSE_MS * 2 ** (this.failures - 2), PAUSE_MS_MAX);
  }
}
