import type { UpstreamRequest } from '../../../libs/upstream-client/src/core/upstream-client.js';
import { UnwritableRequest } from '../../../libs/upstream-client/src/core/writing/unwritable-request.js';
import type { FuzzTarget } from '../harness/fuzz-target.js';
import { checkWritten, writeRequest } from './written-request.js';

/** Between the parts of an input: flags, method, target, protocol, body, fields, trailers. */
const PART = '\xfe';
/** Stand for characters that latin1 would make CR and LF of. */
const disguised: readonly (readonly [string, string])[] = [
  ['\xfc', '\u010a'],
  ['\xfd', '\u010d'],
];

const input = (...parts: string[]): Buffer => Buffer.from(parts.join(PART), 'latin1');

/** The request writer: whatever a caller passes on, one request leaves, and its framing is ours. */
export const requestWriterTarget: FuzzTarget = {
  name: 'request-writer',
  bytesMax: 512,
  seeds: [
    input('\0', 'GET', '/a?b=c', '', '', 'x-a', 'b'),
    input('\x01', 'POST', '/', '', 'hello', 'content-type', 'text/plain', 'te', 'trailers'),
    input('\x03', 'PUT', '/', '', 'hello', 'trailer', 'x-sum', '\xff', 'x-sum', '1'),
    input('\x04', 'GET', '/', 'websocket', '', 'host', 'b.example'),
    input('\x09', 'POST', '/', '', 'hello', 'x', 'caf\xe9'),
    input('\0', 'OPTIONS', '*', '', ''),
  ],
  dictionary: [
    PART,
    '\xff',
    '\xfc',
    '\xfd',
    '\r\n',
    '\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a\r\n\r\n',
    ' HTTP/1.1\r\n',
    'host',
    'Host',
    'content-length',
    'transfer-encoding',
    'chunked',
    'connection',
    'te',
    'trailers',
    'expect',
    'upgrade',
    'websocket',
    'OPTIONS',
    'HEAD',
    'CONNECT',
    '0\r\n\r\n',
  ],

  run(bytes) {
    const { request, body, trailers } = decode(bytes);
    let written: string;
    try {
      written = writeRequest(request, body, trailers);
    } catch (error) {
      if (error instanceof UnwritableRequest) return;
      throw error;
    }
    checkWritten(written, request, request.body === null ? '' : body, trailers);
  },
};

function decode(bytes: Buffer): { request: UpstreamRequest; body: string; trailers: string[] } {
  let text = bytes.toString('latin1');
  for (const [byte, character] of disguised) text = text.replaceAll(byte, character);
  const [front, behind = ''] = text.split('\xff', 2);
  const [flags = '', method = '', path = '', upgrade = '', body = '', ...rest] = front.split(PART);
  const bits = flags.charCodeAt(0);
  const latin1 = body.replaceAll(/[^\0-\xff]/g, '?');
  const trailers = pairs(behind.split(PART).slice(1));
  const chunked = (bits & 2) !== 0;
  const request: UpstreamRequest = {
    method,
    path,
    headers: pairs(rest).map((part, i, all) => (i % 2 === 1 && isBlankHost(all[i - 1], part) ? 'b.example' : part)),
    body: (bits & 1) !== 0 || latin1 !== '' ? Buffer.from(latin1, 'latin1') : null,
    bodyBytes: chunked ? -1 : latin1.length,
    upgrade,
    expectsContinue: (bits & 8) !== 0,
    trailers: chunked ? () => trailers : null,
  };
  // A body that is whole is counted; what stands for a stream here is never read.
  const streamed = chunked && request.body !== null ? { ...request, body: {} as UpstreamRequest['body'] } : request;
  return { request: streamed, body: latin1, trailers: chunked && request.body !== null ? trailers : [] };
}

function pairs(flat: readonly string[]): string[] {
  return flat.slice(0, flat.length & ~1);
}

/** RFC 9112 section 3.2 has a use for an empty Host, where the strict reader wants a name. */
function isBlankHost(name: string, value: string): boolean {
  return name.toLowerCase() === 'host' && value.trim() === '';
}
