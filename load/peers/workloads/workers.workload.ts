import { saturatedRun } from '../measure/saturated-run.ts';
import { configuredGateway, plainUpstream } from '../peers/gateway.peer.ts';
import { withPeers, type Variant } from '../running-peer.ts';
import { inTurns } from './in-turns.ts';
import { saturationColumns, smallGet, warmUp } from './saturation.workload.ts';
import type { Workload } from './workload.ts';

export const ONE_WORKER = '1 worker';
export const TWO_WORKERS = '2 workers';

const shown = new Set(['cpuUsPerRequest', 'requestsPerSecond', 'p50Ms', 'p99Ms', 'rssPeakBytes', 'peerBusyPercent']);

/** What it costs that workers share: the gateway with one and with two, on all cores that there are. */
export const workers: Workload = {
  name: 'workers',
  async run(bench, peers) {
    const lineUp = peers.some(({ name }) => name === 'gateway')
      ? [variant(ONE_WORKER, 1), variant(TWO_WORKERS, 2)]
      : [];
    // Pinned to one core, two workers would only be in each other's way.
    const free = { ...bench, cores: { ...bench.cores, peer: null } };
    const request = smallGet();
    const rows = await withPeers(free, lineUp, async (running) => {
      for (const peer of running) await warmUp(free, peer, request);
      return inTurns(free, { workload: 'workers', metric: 'cpuUsPerRequest' }, running, (peer) =>
        saturatedRun(free, peer, request),
      );
    });
    return {
      workload: 'workers',
      description: 'As get-1k, by the gateway with one and with two workers, on any core',
      columns: saturationColumns.filter(({ metric }) => shown.has(metric)),
      ratios: { metric: 'cpuUsPerRequest', against: [ONE_WORKER] },
      rows,
      notes: [
        'Load generator and upstream share the cores with both, so throughput is not what two cores of their own give.',
      ],
    };
  },
};

function variant(name: string, count: number): Variant {
  return {
    name,
    command: (place) =>
      configuredGateway(place, {
        server: { workers: count },
        upstreams: { peer: plainUpstream(place) },
        routes: [{ id: 'all', match: { path: '/*' }, upstream: 'peer' }],
      }),
  };
}
