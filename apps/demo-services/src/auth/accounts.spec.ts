import { describe, expect, it } from '@jest/globals';
import { findAccount } from './accounts.js';

describe('findAccount', () => {
  it('finds the account whose name and password match', () => {
    expect(findAccount('alice', 'alice-password')).toMatchObject({ userId: 'u-1', tenantId: 'acme' });
  });

  it.each([
    ['alice', 'bob-password'],
    ['alice', ''],
    ['alice', 'alice-password '],
    ['nobody', 'alice-password'],
    ['', ''],
  ])('refuses %j with %j', (username, password) => {
    expect(findAccount(username, password)).toBeNull();
  });
});
