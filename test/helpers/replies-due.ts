import { readRequests } from './llhttp.js';

/**
 * How many final replies a client gets from Node's server before it has to end its side, to get any further. A client
 * that ends it sooner has left, as that server sees it, and its request may go nowhere.
 *
 * @param pieces what it sends, latin1
 * @returns Infinity when the server ends the connection by itself
 */
export function repliesDue(pieces: readonly string[]): number {
  const { messages, error } = readRequests([Buffer.from(pieces.join(''), 'latin1')]);
  if (error !== '' && error !== 'HPE_INVALID_EOF_STATE') return Infinity;
  return messages.filter(({ complete }) => complete).length;
}

/** Final replies that have begun in what a client has received. */
export function repliesIn(text: string): number {
  return text.match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0;
}
