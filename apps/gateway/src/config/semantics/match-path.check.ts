import { findPathMistake, namesIn } from './path-syntax.js';
import type { RouteCheck } from './semantic-check.js';

const AT = ['match', 'path'] as const;

/** The path can match something, and what it names is told apart. */
export const checkMatchPath: RouteCheck = ({ match }, { server }) => {
  const mistake = findPathMistake(match.path);
  if (mistake !== null) return [{ at: AT, ...mistake }];
  if (/%(?:2F|5C)/i.test(match.path) && server.encodedSlash === 'reject') {
    return [
      { at: AT, message: 'holds an encoded slash, and such requests are refused', hint: 'see server.encodedSlash' },
    ];
  }
  const { parameters } = namesIn(match.path);
  const twice = new Set(parameters.filter((name, index) => parameters.indexOf(name) !== index));
  return [...twice].map((name) => ({ at: AT, message: `has the parameter :${name} twice` }));
};
