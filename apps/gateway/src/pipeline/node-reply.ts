import { STATUS_CODES } from 'node:http';
import type { GatewayResponse } from './contract/gateway-response.js';
import type { RequestContext } from './contract/request-context.js';
import type { ResponseHead } from './contract/response-head.js';
import { mayTrail, takesTrailers } from './contract/trailer-fields.js';

/** What Node writes as a phrase. Nobody acts on one (RFC 9112 section 4), so another is no fault of the reply. */
const PHRASE = /^[\t\x20-\x7e\x80-\xff]+$/;

export function writeHead(response: GatewayResponse, { status, statusText, headers }: ResponseHead): void {
  if (statusText === STATUS_CODES[status] || !PHRASE.test(statusText)) response.writeHead(status, headers);
  else response.writeHead(status, statusText, headers);
}

/** Up to here, one write of one string costs less than a vectored one of head and body. */
const ONE_WRITE_BYTES_MAX = 4_096;

/** Ends a reply with the last of its body. Latin-1 keeps every byte, and is what Node writes heads in. */
export function endReply(response: GatewayResponse, chunk: Uint8Array): void {
  if (chunk.byteLength <= ONE_WRITE_BYTES_MAX && Buffer.isBuffer(chunk))
    response.end(chunk.toString('latin1'), 'latin1');
  else response.end(chunk);
}

export function addTrailers(context: RequestContext, trailers: readonly string[]): void {
  if (!context.response.chunkedEncoding || !takesTrailers(context.head.list('te'))) return;
  const pairs: [string, string][] = [];
  for (let i = 0; i < trailers.length; i += 2) {
    if (mayTrail(trailers[i])) pairs.push([trailers[i], trailers[i + 1]]);
  }
  context.response.addTrailers(pairs);
}
