import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What memory.probe.ts tells, after full collections. */
export interface MemoryReading {
  /** Resident. */
  rssBytes: number;
  /** On V8's heap and in buffers. */
  heldBytes: number;
}

const TIMEOUT_MS = 10_000;

export async function memoryReading(path: string): Promise<MemoryReading> {
  const socket = connect(path);
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('a gateway does not say what memory it holds')));
  return JSON.parse(await text(socket)) as MemoryReading;
}
