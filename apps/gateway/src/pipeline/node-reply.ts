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

export function addTrailers(context: RequestContext, trailers: readonly string[]): void {
  if (!context.response.chunkedEncoding || !takesTrailers(context.head.list('te'))) return;
  const pairs: [string, string][] = [];
  for (let i = 0; i < trailers.length; i += 2) {
    if (mayTrail(trailers[i])) pairs.push([trailers[i], trailers[i + 1]]);
  }
  context.response.addTrailers(pairs);
}
