import { describe, expect, it } from '@jest/globals';
import { meets, missingOf } from './requirement.js';

const holder = { permissions: ['read', 'write'], roles: ['member'] };

describe('a requirement', () => {
  it.each<[string[], string[], 'all' | 'any', boolean]>([
    [[], [], 'all', true],
    [[], [], 'any', true],
    [['read'], [], 'all', true],
    [['read', 'write'], ['member'], 'all', true],
    [['read', 'delete'], [], 'all', false],
    [['read'], ['admin'], 'all', false],
    [['delete', 'read'], ['admin'], 'any', true],
    [['delete'], ['member'], 'any', true],
    [['delete'], ['admin'], 'any', false],
    [['READ'], [], 'all', false],
  ])('of permissions %j and roles %j, %s: %s', (permissions, roles, match, met) => {
    expect(meets(holder, { permissions, roles, match })).toBe(met);
  });

  it('tells what is missing', () => {
    const required = { permissions: ['read', 'delete'], roles: ['member', 'admin'], match: 'all' } as const;
    expect(missingOf(holder, required)).toEqual({ permissions: ['delete'], roles: ['admin'] });
  });
});
