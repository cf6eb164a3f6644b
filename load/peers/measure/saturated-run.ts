import type { Bench } from '../bench.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Measurement } from '../workloads/workload.ts';
import { coreBusyUs, cpuSnapshot, cpuUsBetween } from './cpu-time.ts';
import { watchResidentMemory } from './resident-memory.ts';
import { saturate, type SaturationLoad } from './saturation.ts';

export type Request = Pick<SaturationLoad, 'method' | 'body' | 'connections'> & { path: string };

/**
 * Saturates a peer once and says what it cost. `peerBusyPercent` is the peer's share of its core: well below 100 the
 * load side was the limit, and the latencies are not the peer's at saturation. `othersBusyPercent` is what anybody
 * else took of that core: above a few percent the round is disturbed.
 */
export async function saturatedRun(bench: Bench, peer: RunningPeer, request: Request): Promise<Measurement> {
  const url = `http://127.0.0.1:${peer.port}${request.path}`;
  const memory = watchResidentMemory(peer.pid);
  const startedAt = performance.now();
  const core = coreBusyUs(bench.cores.peer);
  const cpu = cpuSnapshot(peer.pid);
  const load = await saturate({ ...request, url, seconds: bench.seconds, core: bench.cores.load });
  const cpuUs = cpuUsBetween(cpu, cpuSnapshot(peer.pid));
  const coreAfter = coreBusyUs(bench.cores.peer);
  const elapsedUs = (performance.now() - startedAt) * 1000;
  const { peakBytes, endBytes } = memory.stop();
  const othersUs = core === null || coreAfter === null ? 0 : Math.max(0, coreAfter - core - cpuUs);
  return {
    cpuUsPerRequest: cpuUs / load.requests,
    requestsPerSecond: load.requests / (load.durationUs / 1e6),
    p50Ms: load.p50Us / 1000,
    p95Ms: load.p95Us / 1000,
    p99Ms: load.p99Us / 1000,
    rssPeakBytes: peakBytes,
    rssEndBytes: endBytes,
    peerBusyPercent: (100 * cpuUs) / elapsedUs,
    othersBusyPercent: (100 * othersUs) / elapsedUs,
    errorsCount: load.errors,
  };
}
