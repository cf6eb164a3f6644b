import type { Bench } from '../peers/bench.ts';
import type { ConstantRateResult } from '../peers/measure/constant-rate.ts';
import { costOf } from '../peers/measure/cost.ts';
import { fromRoot } from '../peers/peers/peer.ts';
import { runToEnd } from '../peers/processes/run-to-end.ts';
import type { RunningPeer } from '../peers/running-peer.ts';
import type { Measurement } from '../peers/workloads/workload.ts';

const CONNECTIONS = 50;
const SETTLE_SECONDS = 1;
const GENERATOR = fromRoot('load/peers/measure/constant-rate.ts');

export interface SteadyLoad {
  path: string;
  /** Requests a second. */
  rate: number;
  seconds: number;
  headers: Record<string, string>;
  /** How long it is asked before anything counts. Default 1. */
  settleSeconds?: number;
  /** What every answer has to be; one that is not is an error. */
  status: number;
}

/** Asks at a steady rate, whether or not it is answered (see constant-rate.ts), and accounts for what that cost. */
export async function atRate(bench: Bench, peer: RunningPeer, load: SteadyLoad): Promise<Measurement> {
  const { path, rate, seconds, headers, status, settleSeconds = SETTLE_SECONDS } = load;
  const args = [GENERATOR, peer.port, path, rate, CONNECTIONS, seconds, settleSeconds, JSON.stringify(headers)];
  const { result, cost } = await costOf(bench, peer, () =>
    runToEnd(bench.cores.load, seconds + settleSeconds, process.execPath, args.map(String)),
  );
  const { requests, byStatus, countedMs, unanswered, ...latencies } = JSON.parse(result) as ConstantRateResult;
  const expected = byStatus[status] ?? 0;
  return {
    p50Ms: latencies.p50Ms,
    p95Ms: latencies.p95Ms,
    p99Ms: latencies.p99Ms,
    generatorLagP99Ms: latencies.generatorLagP99Ms,
    expectedPerSecond: (1000 * expected) / countedMs,
    errorsCount: requests - expected + unanswered,
    busyPercent: cost.peerBusyPercent,
    rssPeakBytes: cost.rssPeakBytes,
    othersBusyPercent: cost.othersBusyPercent,
  };
}
