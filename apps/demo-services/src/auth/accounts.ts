import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenSubject } from './token.js';

interface Account extends TokenSubject {
  username: string;
  password: string;
}

// In the open on purpose: these accounts exist to be tried.
const ACCOUNTS: readonly Account[] = [
  {
    username: 'alice',
    password: 'alice-password',
    userId: 'u-1',
    tenantId: 'acme',
    roles: ['admin'],
    permissions: ['users:read', 'users:write', 'tenants:read', 'notifications:read', 'notifications:write'],
  },
  {
    username: 'bob',
    password: 'bob-password',
    userId: 'u-2',
    tenantId: 'globex',
    roles: ['member'],
    permissions: ['users:read', 'notifications:read'],
  },
  {
    username: 'carol',
    password: 'carol-password',
    userId: 'u-3',
    tenantId: 'acme',
    roles: ['member'],
    permissions: [],
  },
];

/** The account of that name when the password is right, else null. An unknown name takes as long as a wrong password. */
export function findAccount(username: string, password: string): TokenSubject | null {
  let found: Account | null = null;
  for (const account of ACCOUNTS) {
    // Every account is compared, whatever the ones before said.
    const matches = Number(isSame(account.username, username)) & Number(isSame(account.password, password));
    if (matches === 1) found = account;
  }
  return found;
}

const key = randomBytes(32);

/** Compares digests: they have one length, so the time says nothing about where the texts differ, or how long they are. */
function isSame(expected: string, given: string): boolean {
  const digest = (text: string) => createHmac('sha256', key).update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
