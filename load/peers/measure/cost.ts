import type { Bench } from '../bench.ts';
import type { RunningPeer } from '../running-peer.ts';
import { coreBusyUs, cpuSnapshot, cpuUsBetween } from './cpu-time.ts';
import { watchResidentMemory } from './resident-memory.ts';

/** What a peer spent while something ran. */
export interface Cost {
  cpuUs: number;
  rssPeakBytes: number;
  rssEndBytes: number;
  /**
   * The peer's share of its core. Well below 100 under saturation, with others low as well, the load side was the
   * limit: the latencies are then not the peer's at saturation.
   */
  peerBusyPercent: number;
  /** What anybody else took of that core. Above a few percent the figures are disturbed. */
  othersBusyPercent: number;
}

/** Runs `work` and accounts for what the peer spent meanwhile. */
export async function costOf<T>(
  bench: Bench,
  peer: RunningPeer,
  work: () => Promise<T>,
): Promise<{ result: T; cost: Cost }> {
  const memory = watchResidentMemory(peer.pid);
  try {
    const startedAt = performance.now();
    const coreBefore = coreBusyUs(bench.cores.peer);
    const cpuBefore = cpuSnapshot(peer.pid);
    const result = await work();
    const cpuUs = cpuUsBetween(cpuBefore, cpuSnapshot(peer.pid));
    const coreAfter = coreBusyUs(bench.cores.peer);
    const elapsedUs = (performance.now() - startedAt) * 1000;
    const othersUs = coreBefore === null || coreAfter === null ? NaN : Math.max(0, coreAfter - coreBefore - cpuUs);
    const { peakBytes, endBytes } = memory.stop();
    const cost: Cost = {
      cpuUs,
      rssPeakBytes: peakBytes,
      rssEndBytes: endBytes,
      peerBusyPercent: (100 * cpuUs) / elapsedUs,
      othersBusyPercent: (100 * othersUs) / elapsedUs,
    };
    return { result, cost };
  } finally {
    memory.stop();
  }
}
