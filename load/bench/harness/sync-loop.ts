/**
 * Runs an operation `times` times. The results are folded into one, which leaves V8 no way to drop the calls.
 *
 * Import it through `ownLoop`: what V8 learns about a function belongs to its module, and a loop that had run both the
 * no-op and the subject would inline neither.
 */
export function loop(op: (i: number) => number, from: number, times: number): number {
  let folded = 0;
  for (let i = from; i < from + times; i++) folded ^= op(i);
  return folded;
}
