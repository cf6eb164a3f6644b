import { expect } from '@jest/globals';
import { valuesOf } from './http-message.js';
import { RawConnection } from './raw-connection.js';
import { wireReplies, type WireReply } from './wire-replies.js';

export interface Conversation {
  readonly replies: readonly WireReply[];
  /** The gateway has ended the connection. */
  readonly ended: boolean;
}

export interface ConverseOptions {
  /** Replies to wait for; Infinity waits for the end of the connection. Default 1. */
  readonly replies?: number;
  /** Methods of the requests, where one is HEAD. */
  readonly methods?: readonly string[];
  readonly timeoutMs?: number;
}

/** Writes bytes on a connection of its own, each part in a packet, and collects the replies. */
export async function converse(
  port: number,
  parts: string | readonly string[],
  { replies: wanted = 1, methods = [], timeoutMs }: ConverseOptions = {},
): Promise<Conversation> {
  const connection = await RawConnection.open(port);
  const whole = ({ text }: RawConnection): boolean =>
    wireReplies(text, methods).filter(({ complete }) => complete).length >= wanted;
  for (const [index, part] of [parts].flat().entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    connection.write(part);
  }
  await connection.until((self) => self.ended || self.closed || whole(self), timeoutMs);
  // An end that is on its way belongs to the reply that announced it.
  const replies = wireReplies(connection.text, methods);
  const last = replies.at(-1);
  if (last !== undefined && valuesOf({ startLine: '', rest: '', ...last }, 'connection').includes('close')) {
    await connection.until(({ ended, closed }) => ended || closed, timeoutMs);
  }
  connection.destroy();
  return { replies: wireReplies(connection.text, methods), ended: connection.ended || connection.closed };
}

/** Holds a reply against the form of every problem (RFC 9457), and against the one that is expected. */
export function expectWireProblem(reply: WireReply | undefined, status: number, code: string): void {
  expect(reply).toMatchObject({ status, complete: true });
  const message = { startLine: '', rest: '', fields: reply?.fields ?? [] };
  expect(valuesOf(message, 'content-type')).toEqual(['application/problem+json']);
  const problem = JSON.parse(reply?.body ?? '') as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: `urn:sluice:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    requestId: expect.any(String),
  });
  expect(valuesOf(message, 'x-request-id')).toEqual([problem.requestId]);
  expect(valuesOf(message, 'date')).toHaveLength(1);
}
