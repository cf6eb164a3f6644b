import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { residentBytes } from '../measure/resident-memory.ts';
import { nodeHttp } from '../peers/node-http.peer.ts';
import type { Peer } from '../peers/peer.ts';
import { startPeer } from '../running-peer.ts';
import { IdleClients } from '../clients/idle-clients.ts';
import { inTurns } from './in-turns.ts';
import type { Measurement, Workload } from './workload.ts';

const CONNECTIONS = 5_000;
/** Files that this process and a peer need besides one for each connection. */
const FILES_SPARE = 500;
const WARM_UP_CONNECTIONS = 10;
const WARM_UP_REQUESTS_EACH = 100;
const SETTLE_MS = 3_000;
const ROUNDS_MAX = 3;

/** What an idle client connection, after one request, keeps resident; bare `node:http` beside it. */
export const idle: Workload = {
  name: 'idle',
  async run(bench, peers) {
    const connections = Math.min(CONNECTIONS, openFilesMax() - FILES_SPARE);
    const rounds = Math.min(bench.rounds, ROUNDS_MAX);
    const announced = { workload: 'idle', metric: 'bytesPerConnection' };
    const rows = await inTurns({ ...bench, rounds }, announced, [...peers, nodeHttp], (peer) =>
      measure(bench, peer, connections),
    );
    return {
      workload: 'idle',
      description: `${connections} idle keep-alive connections that each made one request`,
      columns: [
        { metric: 'bytesPerConnection', title: 'RSS bytes/connection', digits: 0, withSpread: true },
        { metric: 'rssBeforeBytes', title: 'RSS before MiB', digits: 1, divideBy: 2 ** 20 },
        { metric: 'rssAfterBytes', title: 'after', digits: 1, divideBy: 2 ** 20 },
      ],
      ratios: { metric: 'bytesPerConnection', against: ['node-http'] },
      rows,
      notes: connections < CONNECTIONS ? [`the limit on open files allows ${connections} connections only`] : [],
    };
  },
};

async function measure(bench: Bench, peer: Peer, connections: number): Promise<Measurement> {
  const running = await startPeer(bench, peer);
  const clients = new IdleClients(running.port);
  try {
    await clients.open(WARM_UP_CONNECTIONS, WARM_UP_REQUESTS_EACH);
    clients.close();
    await delay(SETTLE_MS);
    const rssBeforeBytes = residentBytes(running.pid);
    await clients.open(connections, 1);
    await delay(SETTLE_MS);
    const rssAfterBytes = residentBytes(running.pid);
    if (clients.count !== connections) {
      throw new Error(`${peer.name} kept ${clients.count} of ${connections} idle connections`);
    }
    return { bytesPerConnection: (rssAfterBytes - rssBeforeBytes) / connections, rssBeforeBytes, rssAfterBytes };
  } finally {
    clients.close();
    await running.stop();
  }
}

/** The hard limit: Node raises its own soft limit to it when it starts. */
function openFilesMax(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))![1];
  return hard === 'unlimited' ? Infinity : Number(hard);
}
