import type { UpstreamRequest } from '../upstream-client.js';
import { checkField, isOwnField, isToken, mayTrail } from './field-checks.js';
import { UnwritableRequest } from './unwritable-request.js';

/** Methods whose request says that it has no body when it has none (RFC 9110 section 8.6). */
const expectBody = new Set(['POST', 'PUT', 'PATCH', 'QUERY']);

/**
 * The head of a request, as one latin1 string. Everything in it is checked first: whatever the caller passes on, one
 * request leaves, and its framing is ours.
 *
 * @param authority Host for a request that names none
 * @throws UnwritableRequest
 */
export function requestHead(request: UpstreamRequest, authority: string): string {
  const { method, headers } = request;
  if (!isToken(method) || method === 'CONNECT') throw new UnwritableRequest('method');
  checkTarget(request.path, method);
  let text = `${method} ${request.path} HTTP/1.1\r\n`;
  let hosts = 0;
  let coded = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    const value = headers[i + 1];
    checkField(name, value);
    if (isOwnField(name)) throw new UnwritableRequest('own-field');
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
    else if (name.length === 2 && name.toLowerCase() === 'te') coded = true;
    text += `${name}: ${value}\r\n`;
  }
  if (hosts > 1) throw new UnwritableRequest('host');
  if (hosts === 0) text += `host: ${authority}\r\n`;
  return text + connectionFields(request, coded) + framingFields(request);
}

/** Origin-form, or the asterisk (RFC 9112 section 3.2), in visible ASCII: a space or control would begin the next part. */
function checkTarget(target: string, method: string): void {
  if (target === '*' && method === 'OPTIONS') return;
  if (target.charCodeAt(0) !== 0x2f) throw new UnwritableRequest('target');
  for (let i = 1; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code < 0x21 || code > 0x7e || code === 0x23) throw new UnwritableRequest('target');
  }
}

/** RFC 9110 section 10.1.4: TE is for this connection, and says so. */
function connectionFields({ upgrade }: UpstreamRequest, coded: boolean): string {
  if (upgrade === '') return coded ? 'connection: te\r\n' : '';
  // A protocol may have a version behind a slash.
  if (!upgrade.split('/', 2).every(isToken) || upgrade.split('/').length > 2) throw new UnwritableRequest('upgrade');
  return `connection: upgrade${coded ? ', te' : ''}\r\nupgrade: ${upgrade}\r\n`;
}

function framingFields({ method, body, bodyBytes, expectsContinue, trailers }: UpstreamRequest): string {
  if (body === null) return expectBody.has(method) ? 'content-length: 0\r\n\r\n' : '\r\n';
  const expect = expectsContinue ? 'expect: 100-continue\r\n' : '';
  const bytes = body instanceof Uint8Array ? body.byteLength : bodyBytes;
  if (bytes >= 0) {
    if (!Number.isSafeInteger(bytes) || trailers !== null) throw new UnwritableRequest('body');
    return `${expect}content-length: ${bytes}\r\n\r\n`;
  }
  if (bytes !== -1) throw new UnwritableRequest('body');
  return `${expect}transfer-encoding: chunked\r\n\r\n`;
}

/**
 * What ends a chunked body: the last chunk, the trailers, the empty line.
 * @throws UnwritableRequest
 */
export function lastChunk(trailers: readonly string[]): string {
  let text = '0\r\n';
  for (let i = 0; i < trailers.length; i += 2) {
    checkField(trailers[i], trailers[i + 1]);
    if (!mayTrail(trailers[i])) throw new UnwritableRequest('own-field');
    text += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
  }
  return `${text}\r\n`;
}
