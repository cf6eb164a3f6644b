import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../config/index.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { RespondStage } from './respond.stage.js';

function answered(respond: { status?: number; headers?: Record<string, string>; body?: string }) {
  const { routes } = parseConfigObject({ routes: [{ id: 'r', match: { path: '/' }, respond }] }).config;
  return new RespondStage().compile(routes[0])?.request?.({} as RequestContext);
}

describe('an answer from the configuration', () => {
  it.each([
    [{}, { status: 200, headers: [], body: '' }],
    [{ status: 404 }, { status: 404, headers: [], body: '' }],
    [{ body: 'ok' }, { status: 200, headers: ['content-type', 'text/plain; charset=utf-8'], body: 'ok' }],
    [
      { body: '{}', headers: { 'Content-Type': 'application/json', 'X-A': '1' } },
      { status: 200, headers: ['content-type', 'application/json', 'x-a', '1'], body: '{}' },
    ],
  ])('%j', (respond, answer) => {
    expect(answered(respond)).toEqual(answer);
  });

  it('is made once for all requests', () => {
    const { routes } = parseConfigObject({ routes: [{ id: 'r', match: { path: '/' }, respond: {} }] }).config;
    const hooks = new RespondStage().compile(routes[0]);
    expect(hooks?.request?.({} as RequestContext)).toBe(hooks?.request?.({} as RequestContext));
  });

  it('is not there for a route that leads elsewhere', () => {
    const { routes } = parseConfigObject({
      routes: [{ id: 'r', match: { path: '/' }, redirect: { to: '/b' } }],
    }).config;
    expect(new RespondStage().compile(routes[0])).toBeNull();
  });
});
