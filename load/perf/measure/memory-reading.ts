import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What memory.probe.ts tells. */
export interface MemoryReading {
  /** Resident, before the collection. */
  rssBytes: number;
  /** On V8's heap and in buffers, after it. */
  heldBytes: number;
  /** Sockets, servers, timers and the like that are open. */
  handles: number;
}

const TIMEOUT_MS = 10_000;

export async function memoryReading(path: string): Promise<MemoryReading> {
  const socket = connect(path);
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('a gateway does not say what memory it holds')));
  return JSON.parse(await text(socket)) as MemoryReading;
}
