import type { Bench } from '../bench.ts';
import type { ConstantRateResult } from '../measure/constant-rate.ts';
import { costOf } from '../measure/cost.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import { fromRoot } from '../peers/peer.ts';
import { runToEnd } from '../processes/run-to-end.ts';
import { withPeers, type RunningPeer } from '../running-peer.ts';
import { inTurns } from './in-turns.ts';
import { warmUp } from './saturation.workload.ts';
import type { Column, Measurement, Workload } from './workload.ts';

const REQUESTS_PER_SECOND = 1_000;
const CONNECTIONS = 50;
const SETTLE_SECONDS = 1;
const GENERATOR = fromRoot('load/peers/measure/constant-rate.ts');

const columns: Column[] = [
  { metric: 'p50Ms', title: 'p50 ms', digits: 2 },
  { metric: 'p95Ms', title: 'p95 ms', digits: 2, withSpread: true },
  { metric: 'p99Ms', title: 'p99 ms', digits: 2, withSpread: true },
  { metric: 'maxMs', title: 'max ms', digits: 1 },
  { metric: 'cpuUsPerRequest', title: 'CPU us/req', digits: 1 },
  { metric: 'generatorLagP99Ms', title: 'generator late p99 ms', digits: 2 },
  { metric: 'othersBusyPercent', title: 'others %', digits: 1 },
  { metric: 'errorsCount', title: 'errors', digits: 0 },
];

/** Latency well below saturation, from an open loop: see measure/constant-rate.ts for what is counted. */
export const rate1k: Workload = {
  name: 'rate-1k',
  async run(bench, peers) {
    const rows = await withPeers(bench, peers, async (running) => {
      for (const peer of running) await warmUp(bench, peer);
      return inTurns(bench, { workload: 'rate-1k', metric: 'p95Ms' }, running, (peer) =>
        undisturbed(() => measure(bench, peer)),
      );
    });
    const description = `GET, 1 KiB answer, ${REQUESTS_PER_SECOND} a second over ${CONNECTIONS} connections, open loop`;
    return { workload: 'rate-1k', description, columns, ratios: null, rows, notes: [] };
  },
};

async function measure(bench: Bench, peer: RunningPeer): Promise<Measurement> {
  const args = [GENERATOR, peer.port, '/1k', REQUESTS_PER_SECOND, CONNECTIONS, bench.seconds, SETTLE_SECONDS].map(
    String,
  );
  const seconds = bench.seconds + SETTLE_SECONDS;
  const { result, cost } = await costOf(bench, peer, () => runToEnd(bench.cores.load, seconds, process.execPath, args));
  const { p50Ms, p95Ms, p99Ms, maxMs, generatorLagP99Ms, errors, unanswered } = JSON.parse(
    result,
  ) as ConstantRateResult;
  return {
    p50Ms,
    p95Ms,
    p99Ms,
    maxMs,
    generatorLagP99Ms,
    cpuUsPerRequest: cost.cpuUs / (REQUESTS_PER_SECOND * seconds),
    othersBusyPercent: cost.othersBusyPercent,
    errorsCount: errors + unanswered,
  };
}
