import { Inject, Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { Lifecycle } from '../../pipeline/lifecycle.js';
import { ConsoleFeed } from './console-feed.js';

const TICK_MS = 2_000;
/** Pages that may watch at once. */
const WATCHERS_MAX = 16;
/** A page that has not read this much is left out of a tick: it holds no memory, and sees the next one. */
const UNREAD_BYTES_MAX = 65_536;

/** Tells all watching pages the same, once every two seconds; without pages nothing is counted or written. */
@Injectable()
export class ConsoleStream {
  private readonly watchers = new Set<ServerResponse>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(ConsoleFeed) private readonly feed: ConsoleFeed,
    @Inject(Lifecycle) lifecycle: Lifecycle,
  ) {
    lifecycle.onDrain(() => this.end());
  }

  get hasRoom(): boolean {
    return this.watchers.size < WATCHERS_MAX;
  }

  add(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    this.watchers.add(response);
    response.on('close', () => this.remove(response));
    void this.tell([response]);
    this.timer ??= setInterval(() => void this.tell(this.watchers), TICK_MS).unref();
  }

  private async tell(watchers: Iterable<ServerResponse>): Promise<void> {
    const message = `event: snapshot\ndata: ${JSON.stringify(await this.feed.snapshot())}\n\n`;
    for (const watcher of watchers) {
      const open = !watcher.writableEnded && !watcher.destroyed;
      if (open && watcher.writableLength < UNREAD_BYTES_MAX) watcher.write(message);
    }
  }

  private remove(response: ServerResponse): void {
    this.watchers.delete(response);
    if (this.watchers.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private end(): void {
    for (const watcher of this.watchers) watcher.end();
  }
}
