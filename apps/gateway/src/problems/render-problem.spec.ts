import { describe, expect, it } from '@jest/globals';
import { Problem } from './problem.js';
import { problems } from './registry.js';
import { renderProblem } from './render-problem.js';

const rendered = (problem: Problem, id = 'r-1', path = '/a'): unknown => JSON.parse(renderProblem(problem, id, path));

describe('the reply for a problem', () => {
  it('has the members of RFC 9457, a stable code and the id of the request', () => {
    expect(rendered(new Problem(problems.noRoute))).toEqual({
      type: 'urn:sluice:problem:no-route',
      title: 'No route matches the request',
      status: 404,
      detail: 'The gateway serves nothing at this host, path and method.',
      instance: '/a',
      code: 'no-route',
      requestId: 'r-1',
    });
  });

  it('says what the occurrence adds', () => {
    const problem = new Problem(problems.bodyTooLarge, {
      detail: 'More than 5 bytes.',
      members: { bytesMax: 5 },
      headers: ['x-a', '1'],
    });
    expect(rendered(problem)).toMatchObject({ detail: 'More than 5 bytes.', bytesMax: 5, code: 'body-too-large' });
    expect(problem.headers).toEqual(['x-a', '1']);
  });

  it('leaves out what is not known', () => {
    expect(Object.keys(rendered(new Problem(problems.malformedRequest), '', '') as object)).toEqual([
      'type',
      'title',
      'status',
      'detail',
      'code',
    ]);
  });

  it('is JSON whatever the path holds', () => {
    const path = '/"\\<script>\u2028';
    expect(rendered(new Problem(problems.noRoute), 'r', path)).toMatchObject({ instance: path });
  });

  it('tells neither the remedy, which is for the operator, nor whose fault it was', () => {
    const text = renderProblem(new Problem(problems.upstreamTls), 'r', '/');
    expect(text).not.toContain(problems.upstreamTls.remedy);
    expect(text).not.toContain('fault');
  });
});

describe('a problem', () => {
  it('is known by its brand', () => {
    expect(Problem.is(new Problem(problems.loop))).toBe(true);
    expect([null, undefined, {}, new Error('x'), { type: problems.loop }].some(Problem.is)).toBe(false);
  });
});
