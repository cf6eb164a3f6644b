import type { RouteCheck, RouteProblem } from './semantic-check.js';

const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/(?:\*\.)?(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Origins are written as browsers send them (RFC 6454 section 6.1), and not everybody gets the cookies. */
export const checkCors: RouteCheck = ({ cors }) => {
  if (cors === undefined) return [];
  const problems: RouteProblem[] = [];
  if (cors.credentials && cors.origins.includes('*')) {
    problems.push({
      at: ['cors', 'credentials'],
      message: 'cannot be allowed to the origin "*"',
      hint: 'name the origins, so that not every site acts in the name of its visitors',
    });
  }
  cors.origins.forEach((origin, index) => {
    const at = ['cors', 'origins', index];
    if (origin === '*' || origin === 'null' || ORIGIN.test(origin)) return;
    problems.push({ at, message: 'is no origin', hint: 'write scheme://host[:port], without a path' });
  });
  return problems;
};
