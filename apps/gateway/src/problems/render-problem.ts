import type { Problem } from './problem.js';

/** The reply for a problem as RFC 9457 wants it. `instance` is the path that the client asked for. */
export function renderProblem(problem: Problem, requestId: string, instance: string): string {
  const { code, status, title } = problem.type;
  return JSON.stringify({
    type: `urn:sluice:problem:${code}`,
    title,
    status,
    detail: problem.detail,
    ...(instance === '' ? {} : { instance }),
    code,
    ...(requestId === '' ? {} : { requestId }),
    ...problem.members,
  });
}
