import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../config/index.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { compileRewrite } from './rewrite.js';

type Rewrite = { stripPrefix: string } | { path: string };

type Params = Record<string, string>;

function rewritten(pattern: string, rewrite: Rewrite, path: string, params: Params = {}): string | undefined {
  const { routes } = parseConfigObject({
    routes: [{ id: 'r', match: { path: pattern }, rewrite, respond: {} }],
  }).config;
  return compileRewrite(routes[0])?.({ head: { path }, params } as RequestContext);
}

describe('the path that an upstream gets', () => {
  it('is the one that matched when there is no rewrite', () => {
    const [route] = parseConfigObject({ routes: [{ id: 'r', match: { path: '/a' }, respond: {} }] }).config.routes;
    expect(compileRewrite(route)).toBeNull();
  });

  it.each([
    ['/a/*', '/a', '/a', '/'],
    ['/a/*', '/a', '/a/', '/'],
    ['/a/*', '/a', '/a/b', '/b'],
    ['/a/*', '/a/', '/a/b/', '/b/'],
    ['/a/b/*', '/a', '/a/b/c', '/b/c'],
    ['/a/b/*', '/a/b', '/a/b', '/'],
    ['/a/b/*', '/a/b', '/a/b/c/d', '/c/d'],
    ['/:tenant/*', '/:tenant', '/acme/x', '/x'],
    ['/a/*', '/', '/a/b', '/a/b'],
  ])('of the route %s without %s: %s becomes %s', (pattern, stripPrefix, path, expected) => {
    expect(rewritten(pattern, { stripPrefix }, path)).toBe(expected);
  });

  it.each<[string, string, string, Params, string]>([
    ['/a', '/b', '/a', {}, '/b'],
    ['/a', '/', '/a', {}, '/'],
    ['/a/:id', '/b/:id', '/a/7', { id: '7' }, '/b/7'],
    ['/a/:id/c', '/x/:id', '/a/7/c', { id: '7' }, '/x/7'],
    ['/:a/:b', '/:b/:a', '/1/2', { a: '1', b: '2' }, '/2/1'],
    ['/a/:id', '/b/:id', '/a/x%2Fy', { id: 'x%2Fy' }, '/b/x%2Fy'],
    ['/a/*', '/b/*', '/a/c/d', { '*': 'c/d' }, '/b/c/d'],
    ['/a/*', '/b/*', '/a/c/', { '*': 'c/' }, '/b/c/'],
    ['/a/*', '/b/*', '/a/', { '*': '' }, '/b/'],
    ['/a/*', '/b/*', '/a', {}, '/b'],
    ['/a/*', '/*', '/a/b', { '*': 'b' }, '/b'],
    ['/a/*', '/*', '/a', {}, '/'],
    ['/a/:id/*', '/:id/v2/*', '/a/7/x', { id: '7', '*': 'x' }, '/7/v2/x'],
    ['/a/*', '/b/', '/a/x', { '*': 'x' }, '/b/'],
  ])('of the route %s as %s: %s (with %j) becomes %s', (pattern, template, path, params, expected) => {
    expect(rewritten(pattern, { path: template }, path, params)).toBe(expected);
  });
});
