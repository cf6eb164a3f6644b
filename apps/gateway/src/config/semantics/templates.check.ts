import { findPathMistake, findUnknownNames } from './path-syntax.js';
import type { RouteCheck, RouteProblem } from './semantic-check.js';
import type { RouteConfig } from '../schema/gateway.schema.js';

/** What `rewrite` and `redirect` make of a path can be made: they use only what the path of the route has. */
export const checkTemplates: RouteCheck = (route) => [...checkRewrite(route), ...checkRedirect(route)];

function checkRewrite({ rewrite, match }: RouteConfig): RouteProblem[] {
  if (rewrite === undefined) return [];
  if ('path' in rewrite) return checkTemplate(rewrite.path, match.path, ['rewrite', 'path']);
  const prefix = rewrite.stripPrefix.replace(/\/$/, '');
  const path = match.path.replace(/\/\*$/, '');
  if (path === prefix || path.startsWith(`${prefix}/`)) return [];
  return [{ at: ['rewrite', 'stripPrefix'], message: 'is not how match.path begins' }];
}

function checkRedirect({ redirect, match }: RouteConfig): RouteProblem[] {
  if (redirect === undefined) return [];
  const at = ['redirect', 'to'];
  const [, origin = '', path = ''] = /^([a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(redirect.to) ?? [];
  if (origin === '' && !/^\/(?!\/)/.test(path)) {
    return [{ at, message: 'must be an absolute address or begin with one "/"' }];
  }
  if (origin !== '' && !(URL.canParse(origin) && /^https?:/i.test(origin))) {
    return [{ at, message: 'must lead to a valid http or https address' }];
  }
  return path === '' ? [] : checkTemplate(path, match.path, at);
}

function checkTemplate(template: string, path: string, at: readonly PropertyKey[]): RouteProblem[] {
  const mistake = findPathMistake(template);
  if (mistake !== null) return [{ at, ...mistake }];
  return findUnknownNames(template, path).map(({ message, hint }) => ({ at, message, hint }));
}
