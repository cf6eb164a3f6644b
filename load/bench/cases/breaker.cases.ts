import type { AsyncSubject, BenchCase } from '../harness/bench-case.ts';

/** The breaker around a successful call, and what opossum alone takes for it. */
export const breakerCases: readonly BenchCase[] = [
  { name: 'breaker/opossum-fire', title: 'opossum’s own fire() around a call', prepare: () => opossumFire({}) },
  {
    name: 'breaker/opossum-fire-bare',
    title: 'the same without its timeout',
    prepare: () => opossumFire({ timeout: false }),
  },
];

async function opossumFire(options: object): Promise<AsyncSubject> {
  const { default: CircuitBreaker } = await import('opossum');
  const breaker = new CircuitBreaker(async (i: number) => i, { ...options, errorThresholdPercentage: 50 });
  return { kind: 'async', inFlight: 1, op: (i) => breaker.fire(i), close: () => breaker.shutdown() };
}
