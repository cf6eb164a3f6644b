import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../config/index.js';
import { Answer } from '../pipeline/contract/answer.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { parsePathPattern, readParams } from '../routing/path-pattern.js';
import { RedirectStage } from './redirect.stage.js';

function redirected(pattern: string, to: string, path: string, query = '', status?: 301 | 303) {
  const redirect = { to, ...(status === undefined ? {} : { status }) };
  const { routes } = parseConfigObject({ routes: [{ id: 'r', match: { path: pattern }, redirect }] }).config;
  const params = readParams(parsePathPattern(pattern), path);
  const verdict = new RedirectStage()
    .compile(routes[0])
    ?.request?.({ head: { path, query }, params } as RequestContext);
  return verdict instanceof Answer ? verdict : null;
}

describe('a redirect', () => {
  it.each([
    ['/a', '/b', '/a', '', '/b'],
    ['/a', '/b', '/a', '?x=1', '/b?x=1'],
    ['/a', '/b?y=2', '/a', '?x=1', '/b?y=2'],
    ['/a', '/b#part', '/a', '', '/b#part'],
    ['/a/:id', '/b/:id/c', '/a/7', '?x', '/b/7/c?x'],
    ['/a/*', '/b/*', '/a/c/d/', '', '/b/c/d/'],
    ['/a/*', '/b/*', '/a', '', '/b'],
    ['/*', 'https://new.example/*', '/a/b', '?x=1', 'https://new.example/a/b?x=1'],
    ['/*', 'https://new.example:8443/*', '/', '', 'https://new.example:8443/'],
    ['/a', 'https://new.example', '/a', '?x=1', 'https://new.example?x=1'],
    ['/a', 'https://new.example?y', '/a', '?x=1', 'https://new.example?y'],
    ['/a/:x', '/b/:x', '/a/c%2Fd', '', '/b/c%2Fd'],
  ])('of %s to %s sends %s%s to %s', (pattern, to, path, query, location) => {
    expect(redirected(pattern, to, path, query)?.headers).toEqual(['location', location]);
  });

  it('keeps method and body unless the route says otherwise', () => {
    expect(redirected('/a', '/b', '/a')?.status).toBe(308);
    expect(redirected('/a', '/b', '/a', '', 303)?.status).toBe(303);
  });

  it('is not there when the route has none', () => {
    const { routes } = parseConfigObject({ routes: [{ id: 'r', match: { path: '/' }, respond: {} }] }).config;
    expect(new RedirectStage().compile(routes[0])).toBeNull();
  });
});
