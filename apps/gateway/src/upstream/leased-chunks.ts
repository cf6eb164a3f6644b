import type { ServerResponse } from 'node:http';
import type { ChunkLease } from '@app/upstream-client';

/**
 * The chunks of one reply that are on their way to the client in buffers of the upstream client's pool. Each goes back
 * when the kernel has taken it. What the client leaves behind goes back when its connection is closed, since only then
 * nothing reads it any more; Node does not call back for all of that.
 */
export class LeasedChunks {
  /** In the order in which they were written, which is that of the callbacks. */
  private readonly leases: ChunkLease[] = [];

  constructor(response: ServerResponse) {
    response.once('close', () => {
      for (const lease of this.leases.splice(0)) lease.release();
    });
  }

  /** @returns what is to be called when the chunk was taken */
  hold(lease: ChunkLease): () => void {
    this.leases.push(lease);
    return this.taken;
  }

  private readonly taken = (): void => this.leases.shift()?.release();
}
