import type { ProblemType } from '../problems/problem-type.js';
import { problems } from '../problems/registry.js';

/** What Node tells about a message that its parser refused. */
export interface RefusedMessage extends Error {
  readonly code?: unknown;
  /** What was being parsed: a buffer, whatever Fastify's types say. */
  readonly rawPacket?: unknown;
  /** How far the parser came in it. */
  readonly bytesParsed?: number;
}

/** What a client is told about a message that is no HTTP/1.1, or came too slowly to become one. */
export function problemForRefused(error: RefusedMessage): ProblemType {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return problems.headTooLarge;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problems.requestTimeout;
    case 'HPE_INVALID_METHOD':
      return isToken(lineAt(error)) ? problems.methodNotImplemented : problems.malformedRequest;
    case 'HPE_INVALID_VERSION':
      return / HTTP\/\d\.\d\r?$/.test(lineAt(error)) ? problems.versionNotSupported : problems.malformedRequest;
    // The preface of HTTP/2 (RFC 9113 section 3.4).
    case 'HPE_PAUSED_H2_UPGRADE':
      return problems.versionNotSupported;
    default:
      return problems.malformedRequest;
  }
}

/** The start of the line in which the parser gave up, as far as it came in one piece. */
function lineAt({ rawPacket, bytesParsed }: RefusedMessage): string {
  if (!Buffer.isBuffer(rawPacket) || bytesParsed === undefined) return '';
  const start = bytesParsed === 0 ? 0 : rawPacket.lastIndexOf('\n', bytesParsed - 1) + 1;
  const end = rawPacket.indexOf('\n', bytesParsed);
  return rawPacket.toString('latin1', start, end < 0 ? rawPacket.length : end);
}

/** An unknown method is a token before a space (RFC 9112 section 3); anything else is no request line at all. */
function isToken(line: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: |$)/.test(line);
}
