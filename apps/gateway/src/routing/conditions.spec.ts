import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../config/index.js';
import { RequestHead } from '../pipeline/contract/request-head.js';
import { compileConditions, excludeEachOther } from './conditions.js';

type Conditions = Record<string, string | { exact: string } | { prefix: string } | { present: boolean }>;

const matchOf = (headers: Conditions, query: Conditions = {}) =>
  parseConfigObject({ routes: [{ id: 'r', match: { path: '/', headers, query }, respond: {} }] }).config.routes[0]
    .match;

function head(fields: string[], query = ''): RequestHead {
  const read = new RequestHead([]);
  read.fields = fields;
  read.query = query;
  return read;
}

describe('conditions of a route', () => {
  it('are none when it has none', () => {
    expect(compileConditions(matchOf({}))).toBeNull();
  });

  it.each([
    ['a value as it is', { 'x-tier': 'gold' }, ['X-Tier', 'gold'], true],
    ['another value', { 'x-tier': 'gold' }, ['X-Tier', 'Gold'], false],
    ['no value', { 'x-tier': 'gold' }, [], false],
    ['the first of several values', { 'x-tier': 'gold' }, ['x-tier', 'gold', 'x-tier', 'lead'], true],
    ['not the second', { 'x-tier': 'gold' }, ['x-tier', 'lead', 'x-tier', 'gold'], false],
    ['the long form of a value', { 'x-tier': { exact: 'gold' } }, ['x-tier', 'gold'], true],
    ['a beginning', { accept: { prefix: 'application/' } }, ['Accept', 'application/json'], true],
    ['another beginning', { accept: { prefix: 'application/' } }, ['Accept', 'text/html'], false],
    ['a beginning of nothing', { accept: { prefix: 'a' } }, [], false],
    ['presence', { authorization: { present: true } }, ['Authorization', ''], true],
    ['presence of nothing', { authorization: { present: true } }, [], false],
    ['absence', { authorization: { present: false } }, [], true],
    ['absence of something', { authorization: { present: false } }, ['authorization', 'x'], false],
    ['a name in other case', { 'X-Tier': 'gold' }, ['x-tIER', 'gold'], true],
    ['all of several', { a: '1', b: '2' }, ['b', '2', 'a', '1'], true],
    ['not one of several', { a: '1', b: '2' }, ['a', '1'], false],
  ])('look at fields: %s', (_, headers, fields, expected) => {
    expect(compileConditions(matchOf(headers as Conditions))?.(head(fields))).toBe(expected);
  });

  it.each([
    ['a value', { v: '2' }, '?v=2', true],
    ['an encoded value', { v: 'a b&c' }, '?v=a+b%26c', true],
    ['an encoded name', { 'a b': '1' }, '?a%20b=1', true],
    ['the first of several', { v: '1' }, '?v=1&v=2', true],
    ['not the second', { v: '2' }, '?v=1&v=2', false],
    ['a name in other case', { v: '1' }, '?V=1', false],
    ['presence without a value', { v: { present: true } }, '?v', true],
    ['absence', { v: { present: false } }, '', true],
    ['a beginning', { v: { prefix: '1.' } }, '?v=1.4', true],
  ])('look at parameters: %s', (_, query, text, expected) => {
    expect(compileConditions(matchOf({}, query as Conditions))?.(head([], text))).toBe(expected);
  });

  it('need fields and parameters alike', () => {
    const test = compileConditions(matchOf({ a: '1' }, { b: '2' }));
    expect(test?.(head(['a', '1'], '?b=2'))).toBe(true);
    expect(test?.(head(['a', '1'], '?b=3'))).toBe(false);
    expect(test?.(head(['a', '2'], '?b=2'))).toBe(false);
  });
});

describe('two sets of conditions', () => {
  const forms = [
    'a',
    'ab',
    'b',
    { prefix: 'a' },
    { prefix: 'ab' },
    { prefix: 'b' },
    { present: true },
    { present: false },
  ];
  const values = [[], ['x', ''], ['x', 'a'], ['x', 'ab'], ['x', 'abc'], ['x', 'b'], ['x', 'bc'], ['x', 'c']];

  it('exclude each other exactly when no value can meet both', () => {
    for (const one of forms) {
      for (const other of forms) {
        const [a, b] = [matchOf({ x: one }), matchOf({ x: other })];
        const meets = values.some(
          (fields) => compileConditions(a)?.(head(fields)) && compileConditions(b)?.(head(fields)),
        );
        expect([one, other, excludeEachOther(a, b)]).toEqual([one, other, !meets]);
      }
    }
  });

  it('do not exclude each other by different names', () => {
    expect(excludeEachOther(matchOf({ a: '1' }), matchOf({ b: '2' }))).toBe(false);
    expect(excludeEachOther(matchOf({ a: '1' }), matchOf({}, { a: '2' }))).toBe(false);
    expect(excludeEachOther(matchOf({}, { a: '1' }), matchOf({}, { a: '2' }))).toBe(true);
  });
});
