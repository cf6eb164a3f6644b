import { describe, expect, it } from '@jest/globals';
import { problemFor } from '../problem-mapping.js';
import { toUpstreamError } from './error-mapping.js';
import { UpstreamError } from '@app/upstream-client';

const withCode = (code: string): Error => Object.assign(new Error('anything'), { code });
const parserError = (): Error => Object.assign(new Error('anything'), { name: 'HTTPParserError', code: 'HPE_STRICT' });

describe('an error of the client', () => {
  it.each([
    ['ECONNREFUSED', 'connect-failed', 502],
    ['ENOTFOUND', 'connect-failed', 502],
    ['EAI_AGAIN', 'connect-failed', 502],
    ['EHOSTUNREACH', 'connect-failed', 502],
    ['ENETUNREACH', 'connect-failed', 502],
    ['EMFILE', 'connect-failed', 502],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout', 504],
    ['ETIMEDOUT', 'connect-timeout', 504],
    ['UND_ERR_HEADERS_TIMEOUT', 'headers-timeout', 504],
    ['UND_ERR_BODY_TIMEOUT', 'idle-timeout', 504],
    ['UND_ERR_HEADERS_OVERFLOW', 'head-too-large', 502],
    ['HPE_HEADER_OVERFLOW', 'head-too-large', 502],
    ['HPE_INVALID_CONSTANT', 'malformed', 502],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed', 502],
    ['UND_ERR_SOCKET', 'reset', 502],
    ['ECONNRESET', 'reset', 502],
    ['EPIPE', 'reset', 502],
    ['EPROTO', 'tls-failed', 502],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failed', 502],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed', 502],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failed', 502],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-failed', 502],
    ['CERT_HAS_EXPIRED', 'tls-failed', 502],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-failed', 502],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls-failed', 502],
    ['UND_ERR_INVALID_ARG', 'request-failed', 400],
    ['something new', 'reset', 502],
  ])('%s is %s and answered with %i', (code, expected, status) => {
    const error = toUpstreamError(withCode(code));
    expect(error.code).toBe(expected);
    expect(problemFor[error.code].status).toBe(status);
  });

  it('that is one of ours already stays itself', () => {
    const error = new UpstreamError('idle-timeout');
    expect(toUpstreamError(error)).toBe(error);
  });

  it('of the parser is known by its name too, which undici gives without a code', () => {
    expect(toUpstreamError(parserError()).code).toBe('malformed');
    expect(toUpstreamError(Object.assign(new Error('x'), { name: 'HTTPParserError' })).code).toBe('malformed');
  });

  it('of several addresses is the last one', () => {
    const error = new AggregateError([withCode('ENETUNREACH'), withCode('ETIMEDOUT')]);
    expect(toUpstreamError(error).code).toBe('connect-timeout');
    expect(toUpstreamError(new AggregateError([])).code).toBe('reset');
  });

  it.each([null, undefined, 'text', 7, {}, { code: 7 }, new Error('x')])(
    'that tells nothing is a reset: %p',
    (error) => {
      expect(toUpstreamError(error).code).toBe('reset');
    },
  );

  it('keeps its cause for the operator, and says nothing of it by itself', () => {
    const cause = withCode('ECONNREFUSED');
    const error = toUpstreamError(cause);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe('connect-failed');
    expect(UpstreamError.is(error)).toBe(true);
    expect(UpstreamError.is(cause)).toBe(false);
  });
});
