import type { ServerResponse } from 'node:http';
import type { StreamQuery } from './notification.schema.js';
import type { NotificationsHub } from './notifications.hub.js';

/** Bytes that a reader may leave unread before it is dropped: a slow one must not fill the memory. */
const UNREAD_BYTES_MAX = 1024 * 1024;

/**
 * Sends server-sent events: a `tick` at once and then every `everyMs`, and a `notification` whenever one is published.
 * Ends after `count` events. Timer and subscription go when the client does.
 */
export function openEventStream(
  response: ServerResponse,
  { everyMs, count = Number.POSITIVE_INFINITY }: StreamQuery,
  hub: NotificationsHub,
): void {
  let sent = 0;
  const send = (event: string, data: object) => {
    if (response.writableEnded) return;
    sent += 1;
    response.write(`id: ${sent}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (sent >= count) response.end();
    else if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
  };
  const tick = () => send('tick', { number: sent + 1, at: new Date().toISOString() });

  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const timer = setInterval(tick, everyMs);
  const unsubscribe = hub.subscribe({
    notify: (notification) => send('notification', notification),
    close: () => response.end(),
  });
  const stop = () => {
    clearInterval(timer);
    unsubscribe();
  };
  response.once('finish', stop);
  response.once('close', stop);
  tick();
}
