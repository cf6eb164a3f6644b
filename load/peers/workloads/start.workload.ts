import { startPeer } from '../running-peer.ts';
import { inTurns } from './in-turns.ts';
import type { Workload } from './workload.ts';

/** Fewer say little about a figure that the file cache alone can double. */
const STARTS_MIN = 5;

/** From spawn to the first 200 through the peer, asked for every 5 ms. One start before, for the file cache. */
export const start: Workload = {
  name: 'start',
  async run(bench, peers) {
    for (const peer of peers) await (await startPeer(bench, peer)).stop();
    const rounds = Math.max(STARTS_MIN, bench.rounds);
    const rows = await inTurns(
      { ...bench, rounds },
      { workload: 'start', metric: 'firstAnswerMs' },
      peers,
      async (peer) => {
        const running = await startPeer(bench, peer);
        await running.stop();
        return { firstAnswerMs: running.firstAnswerMs };
      },
    );
    return {
      workload: 'start',
      description: `Time from spawn to the first 200, ${rounds} starts`,
      columns: [{ metric: 'firstAnswerMs', title: 'first answer ms', digits: 0, withSpread: true }],
      ratios: null,
      rows,
      notes: [],
    };
  },
};
