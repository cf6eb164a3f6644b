import { saturatedRun } from '../measure/saturated-run.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import { bearer, bearerToken } from '../policies/bearer-token.ts';
import { gatewayPolicies } from '../policies/gateway-policies.ts';
import { withPeers } from '../running-peer.ts';
import { inTurns } from './in-turns.ts';
import { saturationNotes } from './notes.ts';
import { saturationColumns, smallGet, warmUp } from './saturation.workload.ts';
import type { Workload } from './workload.ts';

const LIMIT_PER_SECOND = 1_000_000;

export const SILENT = 'nothing told';
export const OBSERVED = 'metrics and log';
export const TRACED = 'and 1 % traced';

/** What it costs to tell: the gateway with every policy, silent, with what it tells by default, and with sampled traces. */
export const telemetry: Workload = {
  name: 'telemetry',
  async run(bench, peers) {
    // Nobody listens there: a dead collector must cost nothing either.
    const tracing = { enabled: true, endpoint: 'http://127.0.0.1:9', ratio: 0.01 };
    const all = [
      gatewayPolicies(LIMIT_PER_SECOND, SILENT, { metrics: false, logs: { requests: false } }),
      gatewayPolicies(LIMIT_PER_SECOND, OBSERVED, {}),
      gatewayPolicies(LIMIT_PER_SECOND, TRACED, { tracing }),
    ];
    const lineUp = peers.some(({ name }) => name === 'gateway') ? all : [];
    const request = { ...smallGet(), headers: bearer(bearerToken()) };
    const rows = await withPeers(bench, lineUp, async (running) => {
      for (const peer of running) await warmUp(bench, peer, request);
      return inTurns(bench, { workload: 'telemetry', metric: 'cpuUsPerRequest' }, running, (peer) =>
        undisturbed(() => saturatedRun(bench, peer, request)),
      );
    });
    return {
      workload: 'telemetry',
      description:
        'As gateway-policies: without metrics and log; with both, a line for each request; and with 1 % traced',
      columns: saturationColumns,
      ratios: { metric: 'cpuUsPerRequest', against: [SILENT, OBSERVED] },
      rows,
      notes: saturationNotes(rows),
    };
  },
};
