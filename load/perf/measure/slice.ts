import { coreBusyUs, cpuSnapshot, cpuUsBetween } from '../../peers/measure/cpu-time.ts';
import type { RunningPeer } from '../../peers/running-peer.ts';
import type { GateRun } from '../gate-run.ts';
import type { ClosedLoop } from './closed-loop.ts';
import type { Side } from './pair.ts';

/** What a gateway spent on a slice of requests. */
export interface Slice {
  cpuUsPerRequest: number;
  /** What others took of its core meanwhile. */
  othersPercent: number;
}

/** Makes one slice of requests and accounts for it: user and system time of all threads of the gateway. */
export async function slice(
  { bench, tallies, othersPercent }: GateRun,
  side: Side,
  gateway: RunningPeer,
  { loop, requests }: { loop: ClosedLoop; requests: number },
): Promise<Slice> {
  const startedAt = performance.now();
  const coreBefore = coreBusyUs(bench.cores.peer);
  const before = cpuSnapshot(gateway.pid);
  tallies[side].take(await loop.run(requests));
  const cpuUs = cpuUsBetween(before, cpuSnapshot(gateway.pid));
  const coreAfter = coreBusyUs(bench.cores.peer);
  const elapsedUs = (performance.now() - startedAt) * 1000;
  const othersUs = coreBefore === null || coreAfter === null ? 0 : Math.max(0, coreAfter - coreBefore - cpuUs);
  const others = (100 * othersUs) / elapsedUs;
  othersPercent.push(others);
  return { cpuUsPerRequest: cpuUs / requests, othersPercent: others };
}
