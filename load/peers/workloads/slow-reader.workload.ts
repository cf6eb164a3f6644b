import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { IdleClients } from '../clients/idle-clients.ts';
import { fastUploads, slowDownloads, type Transfers } from '../clients/slow-transfers.ts';
import { residentBytes, watchResidentMemory } from '../measure/resident-memory.ts';
import type { Peer } from '../peers/peer.ts';
import { startPeer } from '../running-peer.ts';
import { inTurns } from './in-turns.ts';
import type { Workload } from './workload.ts';

const TRANSFERS = 20;
/** At this pace the bodies would take half an hour; what a peer piles up shows within seconds. */
const SECONDS_MAX = 20;
const SECONDS_PER_MEASURED_SECOND = 5;
const ROUNDS_MAX = 2;
const WARM_UP_CONNECTIONS = 10;
const WARM_UP_REQUESTS_EACH = 100;
const SETTLE_MS = 1_000;

/** Memory while bodies come faster than they are taken: downloads to slow clients, uploads to a slow upstream. */
export const slowReader: Workload = {
  name: 'slow-reader',
  async run(bench, peers) {
    const seconds = Math.min(SECONDS_MAX, bench.seconds * SECONDS_PER_MEASURED_SECOND);
    const rounds = Math.min(bench.rounds, ROUNDS_MAX);
    const announced = { workload: 'slow-reader', metric: 'downloadGrowthBytes' };
    const rows = await inTurns({ ...bench, rounds }, announced, peers, async (peer) => {
      const download = await growth(bench, peer, seconds, slowDownloads);
      const upload = await growth(bench, peer, seconds, fastUploads);
      return {
        downloadGrowthBytes: download.grownBytes,
        downloadMovedBytes: download.movedBytes,
        uploadGrowthBytes: upload.grownBytes,
        uploadMovedBytes: upload.movedBytes,
      };
    });
    const megabytes = { digits: 1, divideBy: 1e6 };
    return {
      workload: 'slow-reader',
      description:
        `${TRANSFERS} bodies of 1 GiB at once, taken at 64 KiB every 100 ms, for ${seconds} s each way; ` +
        'growth from a fresh process (1,000 small requests) to its highest RSS',
      columns: [
        { metric: 'downloadGrowthBytes', title: 'download: RSS growth MB', withSpread: true, ...megabytes },
        { metric: 'downloadMovedBytes', title: 'moved MB', ...megabytes },
        { metric: 'uploadGrowthBytes', title: 'upload: RSS growth MB', withSpread: true, ...megabytes },
        { metric: 'uploadMovedBytes', title: 'moved MB', ...megabytes },
      ],
      ratios: null,
      rows,
      notes: [],
    };
  },
};

/** Runs one direction through a process of its own, so that neither sees memory that the other left. */
async function growth(
  bench: Bench,
  peer: Peer,
  seconds: number,
  begin: (port: number, count: number) => Transfers,
): Promise<{ grownBytes: number; movedBytes: number }> {
  const running = await startPeer(bench, peer);
  let transfers: Transfers | null = null;
  try {
    const clients = new IdleClients(running.port);
    await clients.open(WARM_UP_CONNECTIONS, WARM_UP_REQUESTS_EACH);
    clients.close();
    await delay(SETTLE_MS);
    const beforeBytes = residentBytes(running.pid);
    const memory = watchResidentMemory(running.pid);
    transfers = begin(running.port, TRANSFERS);
    await delay(seconds * 1000);
    const { peakBytes } = memory.stop();
    const failure = transfers.failure();
    if (failure !== null) throw new Error(`${peer.name}: ${failure}`);
    return { grownBytes: peakBytes - beforeBytes, movedBytes: transfers.bytesMoved() };
  } finally {
    transfers?.close();
    await running.stop();
  }
}
