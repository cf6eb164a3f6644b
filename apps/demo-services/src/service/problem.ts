import { STATUS_CODES, type ServerResponse } from 'node:http';

/** Media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json';

/** One thing that is wrong with a request body or query. */
export interface FieldProblem {
  /** Where, as dotted keys. Empty for the whole. */
  path: string;
  message: string;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: readonly FieldProblem[];
}

export function problemBody(status: number, detail: string, errors?: readonly FieldProblem[]): ProblemBody {
  const title = STATUS_CODES[status] ?? 'Unknown status';
  return { type: 'about:blank', title, status, detail, ...(errors && { errors }) };
}

/** Writes a problem to a response that no framework owns. */
export function sendProblem(response: ServerResponse, status: number, detail: string): void {
  const body = JSON.stringify(problemBody(status, detail));
  response.writeHead(status, { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
