/**
 * How often others took the core from a thread of this process so far. It is exact, where the kernel brings the CPU time
 * of a thread up to date only once a millisecond.
 */
export function interruptions(): number {
  return process.resourceUsage().involuntaryContextSwitches;
}
