import { lastChunk, requestHead } from '../../../libs/upstream-client/src/core/writing/request-head.js';
import type { UpstreamRequest } from '../../../libs/upstream-client/src/core/upstream-client.js';
import { readRequests, type LlhttpMessage } from '../../helpers/llhttp.js';
import { StrictRequestReader, type StrictRequest } from '../../helpers/strict-request-reader.js';
import { demand, demandSame } from '../harness/fuzz-target.js';
import { METHODS } from 'node:http';

/** The whole request as it would leave, its body in one piece. @throws UnwritableRequest */
export function writeRequest(request: UpstreamRequest, body: string, trailers: readonly string[] | null): string {
  const head = requestHead(request, 'upstream.example');
  if (request.body === null) return head;
  if (request.bodyBytes >= 0) return head + body;
  const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
  return `${head}${chunk}${lastChunk(trailers ?? [])}`;
}

/**
 * What was written is one request for whoever reads it, strictly or with Node's parser, and it is the one that was given.
 *
 * @returns as the strict reader saw it
 */
export function checkWritten(
  written: string,
  request: UpstreamRequest,
  body: string,
  trailers: readonly string[],
): StrictRequest {
  const reader = new StrictRequestReader();
  const read = reader.read(written);
  demand(read.length === 1 && !reader.unfinished, 'not one request leaves', () => ({ written, read }));
  const [strict] = read;
  demandSame(
    'another request leaves',
    [strict.method, strict.target, strict.body],
    [request.method, request.path, body],
    {
      written,
    },
  );
  const given = fieldLines(request.headers);
  demandSame('other fields leave', strict.fields.slice(0, given.length), given, { written });
  // The parser knows the methods that it knows, and behind an upgrade it reads no body.
  if (!METHODS.includes(request.method)) return strict;
  const { messages, error } = readRequests([Buffer.from(written, 'latin1')]);
  const [seen] = messages;
  demand(messages.length === 1 && seen.headEnded && error === '', 'Node refuses what leaves', () => ({
    written,
    error,
  }));
  if (!seen.upgrade) compare(written, strict, seen, trailers);
  return strict;
}

function compare(written: string, strict: StrictRequest, seen: LlhttpMessage, trailers: readonly string[]): void {
  demand(seen.complete, 'it has no end for Node', () => ({ written }));
  demandSame(
    'Node reads another request',
    [seen.method, seen.target, fieldLines(seen.headers), seen.body, fieldLines(seen.trailers)],
    [strict.method, strict.target, strict.fields, strict.body, fieldLines(trailers)],
    { written },
  );
}

function fieldLines(flat: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < flat.length; i += 2)
    lines.push(`${flat[i].toLowerCase()}: ${flat[i + 1].replace(/^[ \t]+|[ \t]+$/g, '')}`);
  return lines;
}
