import { whyNotTouched } from './gateway-fields.js';
import type { RouteCheck, RouteProblem } from './semantic-check.js';

const WITHOUT_BODY = new Set([204, 205, 304]);

/** An answer of the gateway's own is one that HTTP allows. */
export const checkRespond: RouteCheck = ({ respond }) => {
  if (respond === undefined) return [];
  const problems = Object.keys(respond.headers).flatMap((field): RouteProblem[] => {
    const reason = whyNotTouched(field);
    return reason === null ? [] : [{ at: ['respond', 'headers', field], ...reason }];
  });
  if (WITHOUT_BODY.has(respond.status) && respond.body !== '') {
    problems.push({ at: ['respond', 'body'], message: `a response of status ${respond.status} has no body` });
  }
  return problems;
};
