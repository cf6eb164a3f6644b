import type { Bench } from '../bench.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Measurement } from '../workloads/workload.ts';
import { costOf } from './cost.ts';
import { saturate, type SaturationLoad } from './saturation.ts';

export type Request = Pick<SaturationLoad, 'method' | 'body' | 'connections' | 'headers'> & {
  path: string;
  /** Every answer has to be a refusal: then one that is none is the error. */
  refused?: boolean;
};

/** Saturates a peer once and says what it cost. */
export async function saturatedRun(bench: Bench, peer: RunningPeer, request: Request): Promise<Measurement> {
  const url = `http://127.0.0.1:${peer.port}${request.path}`;
  const { result, cost } = await costOf(bench, peer, () =>
    saturate({ ...request, url, seconds: bench.seconds, core: bench.cores.load }),
  );
  return {
    cpuUsPerRequest: cost.cpuUs / result.requests,
    requestsPerSecond: result.requests / (result.durationUs / 1e6),
    p50Ms: result.p50Us / 1000,
    p95Ms: result.p95Us / 1000,
    p99Ms: result.p99Us / 1000,
    rssPeakBytes: cost.rssPeakBytes,
    rssEndBytes: cost.rssEndBytes,
    peerBusyPercent: cost.peerBusyPercent,
    othersBusyPercent: cost.othersBusyPercent,
    errorsCount: result.errors + (request.refused === true ? result.requests - result.refused : result.refused),
  };
}
