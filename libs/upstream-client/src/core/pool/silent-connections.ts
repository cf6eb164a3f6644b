import type { Connection } from '../connection/connection.js';

/** Turns of the event loop: the sockets are read at least once between the two. */
const TURNS = 2;

/**
 * Connections on which something may have come behind the last response, unseen. They are not used again before the
 * sockets were read once more: what comes then closes them.
 */
export class SilentConnections {
  private waiting: Connection[] = [];
  private scheduled = false;

  constructor(private readonly onSilent: (connection: Connection) => void) {}

  get length(): number {
    return this.waiting.length;
  }

  add(connection: Connection): void {
    connection.silentTurns = TURNS;
    this.waiting.push(connection);
    this.schedule();
  }

  remove(connection: Connection): void {
    const at = this.waiting.indexOf(connection);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turn);
  }

  private readonly turn = (): void => {
    this.scheduled = false;
    const still: Connection[] = [];
    const silent: Connection[] = [];
    for (const connection of this.waiting) (--connection.silentTurns > 0 ? still : silent).push(connection);
    this.waiting = still;
    if (still.length > 0) this.schedule();
    for (const connection of silent) this.onSilent(connection);
  };
}
