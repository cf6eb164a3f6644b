/**
 * Time to wait before a retry: exponential with full jitter, which spreads what failed together over the whole wait
 * ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * @param retry 1 for the first retry
 * @param random from 0 up to, not including, 1
 * @returns whole milliseconds from 0 to `baseMs` doubled with each retry, at most `maxMs`
 */
export function backOffMs(retry: number, baseMs: number, maxMs: number, random: number): number {
  // 2 ** 30 is beyond every maximum, and beyond it the product would stop being a time.
  return Math.floor(random * (Math.min(maxMs, baseMs * 2 ** Math.min(retry - 1, 30)) + 1));
}
