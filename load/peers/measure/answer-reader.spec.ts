import { describe, expect, it } from '@jest/globals';
import { AnswerReader } from './answer-reader.ts';

const answer = (status: number, body: string): string =>
  `HTTP/1.1 ${status} Some reason\r\nServer: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

function statusesOf(chunks: readonly string[]): number[] {
  const statuses: number[] = [];
  const reader = new AnswerReader((status) => statuses.push(status));
  for (const chunk of chunks) reader.read(Buffer.from(chunk, 'latin1'));
  return statuses;
}

describe('the reader of answers', () => {
  it('finds several in one chunk, empty bodies included', () => {
    expect(statusesOf([answer(200, 'abc') + answer(204, '') + answer(502, 'no')])).toEqual([200, 204, 502]);
  });

  it('finds the same however the bytes are cut', () => {
    const text = answer(200, 'a\r\n\r\nb') + answer(404, 'x');
    for (let size = 1; size < text.length; size++) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      expect(statusesOf(chunks)).toEqual([200, 404]);
    }
  });

  it('waits for the rest of a body', () => {
    expect(statusesOf([answer(200, 'abc').slice(0, -1)])).toEqual([]);
  });

  it('refuses an answer whose end it cannot find', () => {
    expect(() => statusesOf(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'])).toThrow('Content-Length');
  });
});
