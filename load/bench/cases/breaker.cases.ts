import type { AsyncSubject, BenchCase, PacedSubject, SyncSubject } from '../harness/bench-case.ts';
import { built } from '../harness/built.ts';
import { workerRegions } from '../harness/worker-regions.ts';

type ResilienceModule = typeof import('../../../libs/resilience/src/index.ts');

const SETTINGS = { failureRatePercent: 50, volumeThreshold: 20, windowMs: 10_000, resetMs: 30_000, halfOpenProbes: 1 };
const SERVICES = 16;
const atMost150 = { metric: 'nsPerOp', atMost: 150 } as const;

/** The breaker around a successful call, and what opossum's own `fire` takes for it. */
export const breakerCases: readonly BenchCase[] = [
  { name: 'breaker/call', title: 'a successful call of one service', limit: atMost150, prepare: () => calls(1) },
  {
    name: 'breaker/services',
    title: `successful calls of ${SERVICES} services in turn`,
    limit: atMost150,
    prepare: () => calls(SERVICES),
  },
  {
    name: 'breaker/shared-call',
    title: 'a successful call, with a breaker that two workers share',
    limit: atMost150,
    prepare: sharedCalls,
  },
  { name: 'breaker/open', title: 'a call that an open breaker refuses, with the time to wait', prepare: refusals },
  { name: 'breaker/opossum-fire', title: 'opossum’s fire() around a call', prepare: () => opossumFire({}) },
  {
    name: 'breaker/opossum-fire-bare',
    title: 'the same without its timeout',
    prepare: () => opossumFire({ timeout: false }),
  },
  {
    name: 'breaker/pause',
    title: '20,000 calls a second: how long the event loop stands still',
    limit: { metric: 'pauseMs', atMost: 5 },
    prepare: pause,
  },
  { name: 'breaker/opossum-pause', title: 'the same with opossum’s fire()', prepare: opossumPause },
];

/** As much as a gateway may have, for longer than opossum's window of ten seconds. */
const PACE = { perSecond: 20_000, fillMs: 10_500 };

async function calls(services: number): Promise<SyncSubject> {
  const { Breaker } = await built<ResilienceModule>('libs/resilience/src/index.ts');
  const breakers = Array.from({ length: services }, (_, i) => new Breaker(`service-${i}`, SETTINGS));
  const op = (i: number): number => {
    const breaker = breakers[i % services];
    const pass = breaker.enter();
    breaker.leave(pass, false);
    return pass;
  };
  op(0);
  if (breakers[0].counts.total !== 1) throw new Error('the call was not counted');
  return { kind: 'sync', op, close: () => breakers.forEach((breaker) => breaker.stop()) };
}

async function sharedCalls(): Promise<SyncSubject> {
  const { BreakerRegistry } = await built<ResilienceModule>('libs/resilience/src/index.ts');
  const memory = workerRegions(new Map(), 2, 0);
  const breakers = new BreakerRegistry({ service: SETTINGS }, undefined, undefined, memory);
  const breaker = breakers.get('service')!;
  const op = (): number => {
    const pass = breaker.enter();
    breaker.leave(pass, false);
    return pass;
  };
  op();
  if (breaker.counts.total !== 1) throw new Error('the call was not counted');
  return { kind: 'sync', op, close: () => breakers.stop() };
}

async function refusals(): Promise<SyncSubject> {
  const { Breaker, REFUSED } = await built<ResilienceModule>('libs/resilience/src/index.ts');
  const breaker = new Breaker('service', { ...SETTINGS, resetMs: 3_600_000 });
  for (let i = 0; i < SETTINGS.volumeThreshold; i++) breaker.leave(breaker.enter(), true);
  const op = (): number => (breaker.enter() === REFUSED ? Math.ceil(breaker.retryInMs) : -1);
  if (op() < 0) throw new Error('the breaker is not open');
  return { kind: 'sync', op, close: () => breaker.stop() };
}

async function opossumFire(options: object): Promise<AsyncSubject> {
  const { default: CircuitBreaker } = await import('opossum');
  const breaker = new CircuitBreaker(async (i: number) => i, { ...options, errorThresholdPercentage: 50 });
  return { kind: 'async', inFlight: 1, op: (i) => breaker.fire(i), close: () => breaker.shutdown() };
}

async function pause(): Promise<PacedSubject> {
  const { op, close } = await calls(1);
  return { kind: 'paced', ...PACE, op, close };
}

async function opossumPause(): Promise<PacedSubject> {
  const { op, close } = await opossumFire({ timeout: false });
  return { kind: 'paced', ...PACE, op, close };
}
