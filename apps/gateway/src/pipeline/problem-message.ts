import { newRequestId } from '../edge/request-id.js';
import type { Problem } from '../problems/problem.js';
import { renderProblem } from '../problems/render-problem.js';

/** A problem of a request that no route has seen: the fields, flat, and the body of its reply. */
export function problemMessage(problem: Problem, instance: string): { headers: string[]; body: string } {
  const id = newRequestId();
  const body = renderProblem(problem, id, instance);
  return {
    headers: [
      'content-type',
      'application/problem+json',
      'cache-control',
      'no-store',
      ...problem.headers,
      'x-request-id',
      id,
    ],
    body,
  };
}
