import { expect } from '@jest/globals';
import type { Reply } from './call.js';

/** Holds a reply against the form of every problem (RFC 9457), and against the one that is expected. */
export function expectProblem(reply: Reply, status: number, code: string): void {
  expect(reply.json).toMatchObject({ type: `urn:sluice:problem:${code}`, status, code });
  expect(reply.status).toBe(status);
  expect(reply.field('content-type')).toBe('application/problem+json');
}
