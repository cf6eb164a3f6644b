import type { Bench } from '../bench.ts';
import { saturatedRun } from '../measure/saturated-run.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import { configuredGateway, plainUpstream } from '../peers/gateway.peer.ts';
import { nginxCommand } from '../peers/nginx.peer.ts';
import { withPeers, type RunningPeer, type Variant } from '../running-peer.ts';
import { SMALL_BYTES } from '../upstream/nginx-upstream.ts';
import { answerTo } from './answer-to.ts';
import { inTurns } from './in-turns.ts';
import { saturationNotes } from './notes.ts';
import { saturationColumns, smallGet, warmUp } from './saturation.workload.ts';
import type { Workload } from './workload.ts';

const PATH = '/cacheable/item';

export const GATEWAY_CACHE = 'gateway-cache';
export const NGINX_CACHE = 'nginx-cache';

const variants: Record<string, Variant> = {
  gateway: {
    name: GATEWAY_CACHE,
    command: (place) =>
      configuredGateway(place, {
        upstreams: { peer: plainUpstream(place) },
        routes: [{ id: 'cached', match: { path: '/*' }, upstream: 'peer', cache: { enabled: true } }],
      }),
  },
  nginx: {
    name: NGINX_CACHE,
    command: (place) =>
      nginxCommand(place, {
        http: [
          `proxy_cache_path ${place.folder}/cache keys_zone=hits:10m inactive=1h;`,
          // What nginx's manual advises for files that are asked for often, and cached replies are files.
          'sendfile on;',
          'tcp_nopush on;',
          'open_file_cache max=100;',
        ],
        location: ['proxy_cache hits;'],
      }),
  },
};

/** A reply that is fresh in the cache, given again and again, beside nginx's own hit. */
export const cacheHit: Workload = {
  name: 'cache-hit',
  async run(bench, peers) {
    const lineUp = peers.flatMap(({ name }) => variants[name] ?? []);
    const rows = await withPeers(bench, lineUp, async (running) => {
      for (const peer of running) {
        await checkHit(peer);
        await warmUp(bench, peer, smallGet(PATH));
      }
      return inTurns(bench, { workload: 'cache-hit', metric: 'cpuUsPerRequest' }, running, (peer) =>
        undisturbed(() => hits(bench, peer)),
      );
    });
    return {
      workload: 'cache-hit',
      description: 'GET of one reply of 1 KiB that is fresh in the cache',
      columns: saturationColumns,
      ratios: { metric: 'cpuUsPerRequest', against: [NGINX_CACHE] },
      rows,
      notes: saturationNotes(rows),
    };
  },
};

/** Every reply of the upstream differs: two equal ones came from the cache. */
async function checkHit(peer: RunningPeer): Promise<void> {
  const first = await answerTo(peer.port, PATH);
  const second = await answerTo(peer.port, PATH);
  if (first.status !== 200 || first.body.length !== SMALL_BYTES) {
    throw new Error(`${peer.name} answered ${first.status} with ${first.body.length} bytes`);
  }
  if (first.body !== second.body) throw new Error(`${peer.name} asked the upstream twice`);
}

async function hits(bench: Bench, peer: RunningPeer) {
  const before = await answerTo(peer.port, PATH);
  const measured = await saturatedRun(bench, peer, smallGet(PATH));
  const after = await answerTo(peer.port, PATH);
  if (before.body !== after.body) throw new Error(`${peer.name} asked the upstream again while it was measured`);
  return measured;
}
