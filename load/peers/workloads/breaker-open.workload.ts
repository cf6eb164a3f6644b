import { saturatedRun, type Request } from '../measure/saturated-run.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import { configuredGateway, plainUpstream } from '../peers/gateway.peer.ts';
import type { Place } from '../peers/peer.ts';
import { freePort } from '../processes/port.ts';
import { withPeers, type RunningPeer, type Variant } from '../running-peer.ts';
import { answerTo } from './answer-to.ts';
import { inTurns } from './in-turns.ts';
import { saturationNotes } from './notes.ts';
import { saturationColumns, smallGet, warmUp } from './saturation.workload.ts';
import type { Workload } from './workload.ts';

const VOLUME = 20;
/** It stays open until the bench is over. */
const RESET_MS = 60 * 60 * 1000;

export const OPEN = 'breaker open';
export const PROXIED = 'proxied';

/**
 * What a request costs while the breaker is open, beside one that is proxied. Both go through one process, so that
 * where code and heap happen to lie is the same for both.
 */
export const breakerOpen: Workload = {
  name: 'breaker-open',
  async run(bench, peers) {
    const takesPart = peers.some(({ name }) => name === 'gateway');
    const gateway = gatewayBeforeDead(await freePort());
    const rows = await withPeers(bench, takesPart ? [gateway] : [], async ([peer]) => {
      if (peer === undefined) return [];
      await openBreaker(peer);
      const subjects: { name: string; request: Request }[] = [
        { name: OPEN, request: { ...smallGet('/dead/1k'), refused: true } },
        { name: PROXIED, request: smallGet('/live/1k') },
      ];
      for (const { request } of subjects) await warmUp(bench, peer, request);
      return inTurns(bench, { workload: 'breaker-open', metric: 'cpuUsPerRequest' }, subjects, ({ request }) =>
        undisturbed(() => saturatedRun(bench, peer, request)),
      );
    });
    return {
      workload: 'breaker-open',
      description: 'The gateway before an upstream that is gone, its breaker open, and before one that answers 1 KiB',
      columns: saturationColumns,
      ratios: { metric: 'cpuUsPerRequest', against: [PROXIED] },
      rows,
      notes: takesPart ? saturationNotes(rows) : ['the gateway is not among the peers'],
    };
  },
};

/** One route to the upstream of all, one to a port where nothing listens. */
function gatewayBeforeDead(deadPort: number): Variant {
  const breaker = { volumeThreshold: VOLUME, resetMs: RESET_MS };
  const route = (name: string) => ({ id: name, match: { path: `/${name}/*` }, upstream: name });
  return {
    name: 'gateway-breaker',
    readyPath: '/live/1k',
    command: (place: Place) =>
      configuredGateway(place, {
        upstreams: {
          live: { ...plainUpstream(place), breaker },
          dead: { targets: [{ url: `http://127.0.0.1:${deadPort}` }], breaker },
        },
        routes: [route('live'), route('dead')],
      }),
  };
}

/** Asks until the breaker has opened, and sees that the answers tell when to come back. */
async function openBreaker({ port, name }: RunningPeer): Promise<void> {
  for (let i = 0; i <= VOLUME; i++) await answerTo(port, '/dead/1k');
  const { status, headers } = await answerTo(port, '/dead/1k');
  if (status !== 503 || headers['retry-after'] === undefined) {
    throw new Error(`${name} answered ${status} although ${VOLUME} requests had failed: the breaker is not open`);
  }
}
