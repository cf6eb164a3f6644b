import type { Connection } from '../connection/connection.js';

/**
 * Connections whose exchange has just ended. Something may have come behind the response that nobody has seen yet: in
 * the kernel, or in another record of TLS. So they are not used again before the event loop has read the sockets once
 * more, between one of its check phases and the next; what comes then closes them. It takes no time where there is
 * other work to do, and a few microseconds where there is none.
 */
export class SilentConnections {
  private fresh: Connection[] = [];
  private older: Connection[] = [];
  private scheduled = false;

  /** @param onSilent told of each that stayed silent, and of those that were closed meanwhile */
  constructor(private readonly onSilent: (connection: Connection) => void) {}

  get length(): number {
    return this.fresh.length + this.older.length;
  }

  add(connection: Connection): void {
    this.fresh.push(connection);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turn);
  }

  private readonly turn = (): void => {
    const silent = this.older;
    this.older = this.fresh;
    this.fresh = [];
    this.scheduled = this.older.length > 0;
    if (this.scheduled) setImmediate(this.turn);
    for (const connection of silent) this.onSilent(connection);
  };
}
