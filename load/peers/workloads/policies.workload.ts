import { saturatedRun } from '../measure/saturated-run.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import type { Peer } from '../peers/peer.ts';
import { bearer, bearerToken } from '../policies/bearer-token.ts';
import { checkPolicies } from '../policies/check-policies.ts';
import { gatewayPolicies } from '../policies/gateway-policies.ts';
import { haproxyPolicies } from '../policies/haproxy-policies.ts';
import { withPeers, type Variant } from '../running-peer.ts';
import { inTurns } from './in-turns.ts';
import { saturationNotes } from './notes.ts';
import { saturationColumns, smallGet, warmUp } from './saturation.workload.ts';
import type { Workload } from './workload.ts';

/** No load here reaches it, so that every request is counted and none is refused. */
const LIMIT_PER_SECOND = 1_000_000;

export const POLICIES = 'gateway-policies';

/**
 * What the policies cost: the gateway with and without them, a plain proxy, and a peer that checks and limits too.
 * Whoever checks has to refuse bad tokens and to limit before it is measured.
 */
export const policies: Workload = {
  name: 'policies',
  async run(bench, peers) {
    const lineUp: (Peer | Variant)[] = [];
    for (const peer of peers) {
      if (peer.name === 'gateway') lineUp.push(gatewayPolicies(LIMIT_PER_SECOND), peer);
      if (peer.name === 'caddy') lineUp.push(peer);
      if (peer.name === 'haproxy') lineUp.push(haproxyPolicies(LIMIT_PER_SECOND), peer);
    }
    for (const withLimit of [gatewayPolicies, haproxyPolicies]) {
      const { name } = withLimit(LIMIT_PER_SECOND);
      if (lineUp.some((variant) => variant.name === name)) await checkPolicies(bench, withLimit);
    }
    // The plain ones get the token as well: they have to read and to pass on the same request.
    const request = { ...smallGet(), headers: bearer(bearerToken()) };
    const rows = await withPeers(bench, lineUp, async (running) => {
      for (const peer of running) await warmUp(bench, peer, request);
      return inTurns(bench, { workload: 'policies', metric: 'cpuUsPerRequest' }, running, (peer) =>
        undisturbed(() => saturatedRun(bench, peer, request)),
      );
    });
    return {
      workload: 'policies',
      description:
        'GET, 1 KiB answer, with an HS256 token. gateway-policies: token, two limits, breaker, retry, bulkhead, ' +
        'metrics; haproxy-policies: jwt_verify, alg and exp, and one limit by address',
      columns: saturationColumns,
      ratios: { metric: 'cpuUsPerRequest', against: ['gateway', 'caddy', 'haproxy-policies'] },
      rows,
      notes: saturationNotes(rows),
    };
  },
};
