import { contentOf, readMessage, valuesOf } from './http-message.js';

/** One reply of several on a connection. */
export interface WireReply {
  readonly status: number;
  /** `name: value`, names in lower case. */
  readonly fields: readonly string[];
  readonly body: string;
  /** False when the connection ended, or has come so far only, before the reply did. */
  readonly complete: boolean;
}

/**
 * Takes the replies of a connection apart, in their order, interim ones left out.
 *
 * @param text latin1, all that came
 * @param methods methods of the requests, where one is HEAD
 */
export function wireReplies(text: string, methods: readonly string[] = []): WireReply[] {
  const replies: WireReply[] = [];
  for (let rest = text; rest !== '';) {
    if (!rest.includes('\r\n\r\n')) return [...replies, { status: 0, fields: [], body: rest, complete: false }];
    const message = readMessage(rest);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(message.startLine)?.[1] ?? 0);
    if (status === 0) throw new Error(`no status line: ${JSON.stringify(rest.slice(0, 80))}`);
    const bytes = status < 200 || status === 204 || methods[replies.length] === 'HEAD' ? 0 : bodyBytes(message);
    if (status >= 200) {
      const { fields } = message;
      const complete = bytes !== null && message.rest.length >= bytes;
      const body = complete ? contentOf({ ...message, rest: message.rest.slice(0, bytes) }) : message.rest;
      replies.push({ status, fields, body, complete });
      if (!complete) return replies;
    }
    rest = message.rest.slice(bytes ?? 0);
  }
  return replies;
}

/** Bytes that the body takes on the wire; null when its end has not come. */
function bodyBytes(message: ReturnType<typeof readMessage>): number | null {
  if (valuesOf(message, 'transfer-encoding').includes('chunked')) {
    const end = /(?:^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(message.rest);
    return end === null ? null : end.index + end[0].length;
  }
  const [length] = valuesOf(message, 'content-length');
  return length === undefined ? null : Number(length);
}
