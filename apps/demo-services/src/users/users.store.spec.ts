import { beforeEach, describe, expect, it } from '@jest/globals';
import { USERS_MAX, UsersStore } from './users.store.js';

const input = { name: 'Zoe', email: 'zoe@acme.example', role: 'member' } as const;

describe('UsersStore', () => {
  let store: UsersStore;

  beforeEach(() => {
    store = new UsersStore();
  });

  it('pages through users in the order of their creation', () => {
    const page = store.list({ limit: 2, offset: 3 });
    expect(page.items.map(({ id }) => id)).toEqual(['u-4', 'u-5']);
    expect(page.total).toBe(5);
    expect(store.list({ limit: 2, offset: 99 }).items).toEqual([]);
  });

  it('keeps a changed user in its place and raises its version', () => {
    store.change('u-2', { name: 'Bobby' });
    expect(store.read('u-2')).toMatchObject({ user: { name: 'Bobby', email: 'bob@globex.example' }, version: 2 });
    expect(store.list({ limit: 2, offset: 0 }).items.map(({ id }) => id)).toEqual(['u-1', 'u-2']);
  });

  it('never gives the number of a deleted user to another', () => {
    store.delete('u-5');
    expect(store.create(input).user.id).toBe('u-6');
  });

  it('refuses one user too many with 507, and takes it once there is room', () => {
    while (store.list({ limit: 1, offset: 0 }).total < USERS_MAX) store.create(input);
    expect(() => store.create(input)).toThrow(expect.objectContaining({ status: 507 }));
    store.delete('u-1');
    expect(store.create(input).user.id).toBe(`u-${USERS_MAX + 1}`);
  });
});
