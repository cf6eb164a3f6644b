import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fromRoot } from '../../peers/peers/peer.ts';

/** What memory.probe.ts tells, after full collections. */
export interface MemoryReading {
  /** Resident. */
  rssBytes: number;
  /** On V8's heap and in buffers. */
  heldBytes: number;
}

/** What pause.probe.ts tells. */
export interface PauseReading {
  longestMs: number;
}

const TIMEOUT_MS = 10_000;

/** How Node loads a probe before a gateway, and the variable that tells it where to listen. */
export function probed(probe: 'memory' | 'pause', socketPath: string): { args: string[]; env: { PERF_PROBE: string } } {
  const file = fromRoot('load/perf/measure', `${probe}.probe.ts`);
  return {
    args: [...(probe === 'memory' ? ['--expose-gc'] : []), '--import', file],
    env: { PERF_PROBE: socketPath },
  };
}

export async function probeReading<Reading>(socketPath: string): Promise<Reading> {
  const socket = connect(socketPath);
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('a gateway gives no answer to its probe')));
  return JSON.parse(await text(socket)) as Reading;
}
