import { describe, expect, it } from '@jest/globals';
import { parseConfigObject, type ConfigObject } from '../config/index.js';
import { findConflicts } from './conflicts.js';

type Match = NonNullable<ConfigObject['routes']>[number]['match'];

const conflictsOf = (...routes: (Match & { priority?: number })[]) =>
  findConflicts(
    parseConfigObject({
      routes: routes.map(({ priority = 0, ...match }, i) => ({ id: `r${i}`, match, priority, respond: {} })),
    }).config.routes,
  );

describe('two routes', () => {
  it.each<[string, Match & { priority?: number }, Match & { priority?: number }]>([
    ['of one path', { path: '/a' }, { path: '/a' }],
    ['of one shape', { path: '/a/:x/*' }, { path: '/a/:y/*' }],
    ['of one path in two spellings', { path: '/~a' }, { path: '/%7ea' }],
    ['that share a host', { path: '/a', hosts: ['x.example', 'b.example'] }, { path: '/a', hosts: ['B.example'] }],
    ['that share a method', { path: '/a', methods: ['GET', 'PUT'] }, { path: '/a', methods: ['PUT'] }],
    ['that share HEAD by way of GET', { path: '/a', methods: ['GET'] }, { path: '/a', methods: ['HEAD'] }],
    ['that one request can meet', { path: '/a', headers: { x: '1' } }, { path: '/a', headers: { y: '1' } }],
    ['that look at a field and a parameter', { path: '/a', headers: { x: '1' } }, { path: '/a', query: { x: '1' } }],
    ['of one priority', { path: '/a', priority: 3 }, { path: '/a', priority: 3 }],
  ])('%s are a conflict that names both', (_, first, second) => {
    const [conflict, ...others] = conflictsOf(first, second);
    expect(others).toEqual([]);
    expect(conflict.indexes).toEqual([0, 1]);
    expect(conflict.message).toMatch(/"r0" and "r1"/);
  });

  it.each<[string, Match & { priority?: number }, Match & { priority?: number }]>([
    ['of two paths', { path: '/a' }, { path: '/b' }],
    ['of two shapes', { path: '/a/:x' }, { path: '/a/*' }],
    ['of a path with a slash behind', { path: '/a' }, { path: '/a/' }],
    ['of two hosts', { path: '/a', hosts: ['a.example'] }, { path: '/a', hosts: ['b.example'] }],
    ['of a host and a wildcard', { path: '/a', hosts: ['a.example'] }, { path: '/a', hosts: ['*.example'] }],
    ['of a host and none', { path: '/a', hosts: ['a.example'] }, { path: '/a' }],
    ['of two methods', { path: '/a', methods: ['GET'] }, { path: '/a', methods: ['POST'] }],
    ['of a method and none', { path: '/a', methods: ['GET'] }, { path: '/a' }],
    ['of two priorities', { path: '/a', priority: 1 }, { path: '/a' }],
    ['of a condition and none', { path: '/a', headers: { x: '1' } }, { path: '/a' }],
    ['of two values of a field', { path: '/a', headers: { x: '1' } }, { path: '/a', headers: { x: '2' } }],
    [
      'of a field that is there or not',
      { path: '/a', headers: { x: '1' } },
      { path: '/a', headers: { x: { present: false } } },
    ],
  ])('%s are none', (_, first, second) => {
    expect(conflictsOf(first, second)).toEqual([]);
  });

  it('are told once, however many hosts they share', () => {
    const hosts = ['a.example', 'b.example'];
    expect(conflictsOf({ path: '/a', hosts }, { path: '/a', hosts })).toHaveLength(1);
  });
});

it('three routes that match the same requests are three conflicts', () => {
  expect(conflictsOf({ path: '/a' }, { path: '/a' }, { path: '/a' }).map(({ indexes }) => indexes)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
});
