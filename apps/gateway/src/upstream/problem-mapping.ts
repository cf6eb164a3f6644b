import type { ProblemType } from '../problems/problem-type.js';
import { problems } from '../problems/registry.js';
import type { UpstreamErrorCode } from '@app/upstream-client';

/** What the client is told when an exchange fails before its head. */
export const problemFor: Readonly<Record<UpstreamErrorCode, ProblemType>> = {
  'connect-failed': problems.upstreamUnreachable,
  'connect-timeout': problems.upstreamConnectTimeout,
  'tls-failed': problems.upstreamTls,
  reset: problems.upstreamReset,
  'headers-timeout': problems.upstreamTimeout,
  'idle-timeout': problems.upstreamTimeout,
  malformed: problems.upstreamMalformed,
  'head-too-large': problems.upstreamHeadTooLarge,
  'request-failed': problems.malformedRequest,
  aborted: problems.internal,
};
