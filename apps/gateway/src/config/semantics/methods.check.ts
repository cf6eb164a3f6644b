import type { RouteCheck, RouteProblem } from './semantic-check.js';

/** CONNECT asks for a tunnel (RFC 9110 section 9.3.6), which a reverse proxy does not open. */
export const checkMethods: RouteCheck = ({ match, cors }) => {
  const problems: RouteProblem[] = [];
  match.methods.forEach((method, index) => {
    const at = ['match', 'methods', index];
    if (method === 'CONNECT') problems.push({ at, message: 'CONNECT is not served' });
    if (match.methods.indexOf(method) !== index) problems.push({ at, message: `${method} is given twice` });
  });
  cors?.methods.forEach((method, index) => {
    if (method === 'CONNECT') problems.push({ at: ['cors', 'methods', index], message: 'CONNECT is not served' });
  });
  return problems;
};
