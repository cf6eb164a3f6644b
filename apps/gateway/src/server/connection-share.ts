import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { SharedMemory } from '../workers/shared-memory.js';

/** Two words for each worker: shares are multiples of 8 bytes. */
const WORDS_EACH = 2;

/** Holds the connections of all workers below one limit, which Node would count for each by itself. */
export class ConnectionShare {
  private readonly counts: Int32Array;
  private readonly own: number;

  constructor(
    private readonly memory: SharedMemory,
    private readonly connectionsMax: number,
  ) {
    this.counts = new Int32Array(memory.shares('server.connections', WORDS_EACH * Int32Array.BYTES_PER_ELEMENT));
    this.own = memory.worker * WORDS_EACH;
  }

  /** Closes, as they are accepted, the connections of a server that are too many. */
  limit(server: Server): void {
    const { counts, own } = this;
    const left = (): void => {
      Atomics.sub(counts, own, 1);
    };
    server.on('connection', (socket: Socket) => {
      Atomics.add(counts, own, 1);
      socket.on('close', left);
      if (this.total() > this.connectionsMax) socket.destroy();
    });
  }

  private total(): number {
    let total = 0;
    for (let worker = 0; worker < this.memory.workers; worker++) {
      total += Atomics.load(this.counts, worker * WORDS_EACH);
    }
    return total;
  }
}
