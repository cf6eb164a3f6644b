import { HTAB } from './byte-classes.js';
import { fieldList } from './field-list.js';
import type { LineScanner } from './line-scanner.js';
import { MalformedResponse } from './malformed.js';

/** Most digits of a length: what a number holds exactly, and a petabyte. */
const LENGTH_DIGITS_MAX = 15;

/** What a head says about its body and its connection. */
export interface ResponseHead {
  status: number;
  statusText: string;
  /** Flat, names in lower case. */
  headers: string[];
  /** -1 when there is no Content-Length. */
  contentLength: number;
  chunked: boolean;
  /** The connection may carry another exchange, as far as the head says. */
  persistent: boolean;
  /** Seconds of `Keep-Alive: timeout`; -1 when there is none. */
  keepAliveSeconds: number;
  /** Value of Upgrade; the empty string when there is none. */
  upgrade: string;
}

/**
 * Reads a head whose end was found. Every framing field is checked, also where it means nothing (RFC 9112 section 6.3
 * leaves to a recipient whether it repairs repeated lengths or unknown codings; here nothing is repaired).
 *
 * @throws MalformedResponse
 */
export function readHead(scanner: LineScanner): ResponseHead {
  const { status, text, minor } = scanner;
  const headers = fieldList(scanner);
  const head: ResponseHead = {
    status,
    statusText: text.substring(scanner.reasonStart, scanner.reasonEnd),
    headers,
    contentLength: -1,
    chunked: false,
    persistent: minor === 1,
    keepAliveSeconds: -1,
    upgrade: '',
  };
  for (let i = 0; i < headers.length; i += 2) {
    switch (headers[i]) {
      case 'content-length':
        if (head.contentLength >= 0) throw new MalformedResponse('content-length');
        head.contentLength = readLength(headers[i + 1]);
        break;
      case 'transfer-encoding':
        // RFC 9112 section 6.1: HTTP/1.0 does not know it. A coding other than chunked could not be taken off here.
        if (head.chunked || minor === 0 || headers[i + 1].toLowerCase() !== 'chunked') {
          throw new MalformedResponse('transfer-encoding');
        }
        // A tab behind it is whitespace like any other, but llhttp reads `chunked<HTAB>` as another coding.
        if (text.charCodeAt(scanner.places[2 * i + 3] - 1) === HTAB) throw new MalformedResponse('transfer-encoding');
        head.chunked = true;
        break;
      case 'connection':
        readConnection(head, headers[i + 1]);
        break;
      case 'keep-alive':
        head.keepAliveSeconds = readTimeout(headers[i + 1]);
        break;
      case 'upgrade':
        head.upgrade = headers[i + 1];
        break;
    }
  }
  if (head.chunked && (head.contentLength >= 0 || status < 200 || status === 204)) {
    throw new MalformedResponse('framing');
  }
  return head;
}

/** RFC 9110 section 8.6: 1*DIGIT, and nothing else. */
function readLength(value: string): number {
  if (value.length === 0 || value.length > LENGTH_DIGITS_MAX) throw new MalformedResponse('content-length');
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) throw new MalformedResponse('content-length');
    length = length * 10 + digit;
  }
  return length;
}

/** `close` wins over `keep-alive`, wherever either stands (RFC 9112 section 9.3). */
function readConnection(head: ResponseHead, value: string): void {
  if (value === 'keep-alive' && head.persistent) return;
  if (hasOption(value, 'close')) head.persistent = false;
  else if (!head.persistent && hasOption(value, 'keep-alive')) head.persistent = !hasClose(head.headers);
}

function hasClose(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'connection' && hasOption(headers[i + 1], 'close')) return true;
  }
  return false;
}

function hasOption(value: string, option: string): boolean {
  if (value === option) return true;
  return value
    .toLowerCase()
    .split(',')
    .some((one) => one.trim() === option);
}

function readTimeout(value: string): number {
  const match = /(?:^|[,; \t])timeout=(\d{1,6})(?:[,; \t]|$)/i.exec(value);
  return match === null ? -1 : Number(match[1]);
}
