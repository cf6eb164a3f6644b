import { UpstreamError, type UpstreamErrorCode } from '@app/upstream-client';

const byCode: Readonly<Record<string, UpstreamErrorCode>> = {
  ECONNREFUSED: 'connect-failed',
  ENOTFOUND: 'connect-failed',
  EAI_AGAIN: 'connect-failed',
  EHOSTUNREACH: 'connect-failed',
  ENETUNREACH: 'connect-failed',
  EADDRNOTAVAIL: 'connect-failed',
  EMFILE: 'connect-failed',
  ENFILE: 'connect-failed',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  UND_ERR_HEADERS_TIMEOUT: 'headers-timeout',
  UND_ERR_BODY_TIMEOUT: 'idle-timeout',
  UND_ERR_HEADERS_OVERFLOW: 'head-too-large',
  HPE_HEADER_OVERFLOW: 'head-too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'malformed',
  UND_ERR_ABORTED: 'request-failed',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'request-failed',
  UND_ERR_INVALID_ARG: 'request-failed',
  UND_ERR_NOT_SUPPORTED: 'request-failed',
  EPROTO: 'tls-failed',
};

/** Names an error of undici, of Node's client, or of a socket, by its code and never by its message. */
export function toUpstreamError(error: unknown): UpstreamError {
  if (UpstreamError.is(error)) return error;
  return new UpstreamError(codeOf(error), { cause: error });
}

function codeOf(error: unknown): UpstreamErrorCode {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors.at(-1));
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return isParserError(error) ? 'malformed' : 'reset';
  const known = byCode[code];
  if (known !== undefined) return known;
  if (code.startsWith('HPE_') || isParserError(error)) return 'malformed';
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT') || verifyCodes.has(code)) {
    return 'tls-failed';
  }
  return 'reset';
}

const verifyCodes = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
]);

function isParserError(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'HTTPParserError';
}
