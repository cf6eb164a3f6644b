import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../config/index.js';
import { Answer } from '../pipeline/contract/answer.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { RedirectStage } from './redirect.stage.js';

interface Asked {
  path: string;
  query?: string;
  params?: Record<string, string>;
}

function redirected(pattern: string, to: string, { path, query = '', params = {} }: Asked, status?: 303) {
  const redirect = { to, ...(status === undefined ? {} : { status }) };
  const { routes } = parseConfigObject({ routes: [{ id: 'r', match: { path: pattern }, redirect }] }).config;
  const context = { head: { path, query }, params } as RequestContext;
  const verdict = new RedirectStage().compile(routes[0])?.request?.(context);
  return verdict instanceof Answer ? verdict : null;
}

describe('a redirect', () => {
  it.each<[string, string, Asked, string]>([
    ['/a', '/b', { path: '/a' }, '/b'],
    ['/a', '/b', { path: '/a', query: '?x=1' }, '/b?x=1'],
    ['/a', '/b?y=2', { path: '/a', query: '?x=1' }, '/b?y=2'],
    ['/a', '/b#part', { path: '/a' }, '/b#part'],
    ['/a/:id', '/b/:id/c', { path: '/a/7', query: '?x', params: { id: '7' } }, '/b/7/c?x'],
    ['/a/:x', '/b/:x', { path: '/a/c%2Fd', params: { x: 'c%2Fd' } }, '/b/c%2Fd'],
    ['/a/*', '/b/*', { path: '/a/c/d/', params: { '*': 'c/d/' } }, '/b/c/d/'],
    ['/a/*', '/b/*', { path: '/a' }, '/b'],
    ['/*', 'https://new.example/*', { path: '/a', query: '?x', params: { '*': 'a' } }, 'https://new.example/a?x'],
    ['/*', 'https://new.example:8443/*', { path: '/', params: { '*': '' } }, 'https://new.example:8443/'],
    ['/a', 'https://new.example', { path: '/a', query: '?x=1' }, 'https://new.example?x=1'],
    ['/a', 'https://new.example?y', { path: '/a', query: '?x=1' }, 'https://new.example?y'],
  ])('from %s to %s sends %j to %s', (pattern, to, asked, location) => {
    expect(redirected(pattern, to, asked)?.headers).toEqual(['location', location]);
  });

  it('keeps method and body unless the route says otherwise', () => {
    expect(redirected('/a', '/b', { path: '/a' })?.status).toBe(308);
    expect(redirected('/a', '/b', { path: '/a' }, 303)?.status).toBe(303);
  });

  it('is not there when the route has none', () => {
    const { routes } = parseConfigObject({ routes: [{ id: 'r', match: { path: '/' }, respond: {} }] }).config;
    expect(new RedirectStage().compile(routes[0])).toBeNull();
  });
});
