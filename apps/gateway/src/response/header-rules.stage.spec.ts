import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../config/index.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { HeaderRulesStage } from './header-rules.stage.js';

interface Rules {
  add?: Record<string, string>;
  set?: Record<string, string>;
  remove?: string[];
}

function compile(headers: { request?: Rules; response?: Rules }) {
  const { routes } = parseConfigObject({ routes: [{ id: 'r', match: { path: '/' }, headers, respond: {} }] }).config;
  return new HeaderRulesStage().compile(routes[0]);
}

const context = {} as RequestContext;

function apply(rules: Rules, fields: string[]): string[] {
  compile({ request: rules })?.forward?.(context, fields);
  return fields;
}

describe('rules for fields', () => {
  it('are not there when a route has none', () => {
    expect(compile({})).toBeNull();
  });

  it('look at requests only, or at responses only, when only those are named', () => {
    expect(Object.keys(compile({ request: { remove: ['x'] } }) ?? {})).not.toContain('response');
    expect(Object.keys(compile({ response: { set: { x: '1' } } }) ?? {})).not.toContain('forward');
  });

  it.each<[string, Rules, string[], string[]]>([
    ['add beside what is there', { add: { 'x-a': '2' } }, ['X-A', '1'], ['X-A', '1', 'x-a', '2']],
    [
      'set instead of what is there',
      { set: { 'x-a': '3' } },
      ['X-A', '1', 'b', '0', 'x-a', '2'],
      ['b', '0', 'x-a', '3'],
    ],
    ['set what is not there', { set: { 'x-a': '1' } }, [], ['x-a', '1']],
    ['remove every field of a name', { remove: ['X-A'] }, ['x-a', '1', 'b', '2', 'X-A', '3'], ['b', '2']],
    ['remove nothing that only begins like it', { remove: ['x-a'] }, ['x-ab', '1'], ['x-ab', '1']],
    [
      'remove first, then set, then add',
      { remove: ['x-a'], set: { 'x-a': '2' }, add: { 'x-a': '3' } },
      ['x-a', '1'],
      ['x-a', '2', 'x-a', '3'],
    ],
  ])('%s', (_, rules, fields, expected) => {
    expect(apply(rules, fields)).toEqual(expected);
  });

  it('are the same for responses', () => {
    const head = { status: 200, statusText: '', headers: ['Server', 'x', 'x-a', '1'] };
    compile({ response: { remove: ['server'], set: { 'x-a': '2' } } })?.response?.(context, head);
    expect(head.headers).toEqual(['x-a', '2']);
  });
});
