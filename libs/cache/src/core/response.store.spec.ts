import { describe, expect, it } from '@jest/globals';
import { groupTag, routeTag, uriTag } from './cache-tags.js';
import { RecentKeys } from './recent-keys.js';
import { ResponseStore, selectResponse } from './response.store.js';
import { StoredResponse, type StoredFacts } from './stored-response.js';
import { selectingValues } from './vary.js';

function response(body: string, more: Partial<StoredFacts> = {}): StoredResponse {
  const facts: StoredFacts = {
    status: 200,
    fields: [],
    bornAtMs: 0,
    freshUntilMs: 0,
    alwaysValidate: false,
    neverStale: false,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
    forEverybody: false,
    selecting: [],
    values: '',
    groups: [],
    ...more,
  };
  return new StoredResponse(facts, Buffer.from(body));
}

const varied = (value: string): StoredResponse =>
  response(value, { selecting: ['a'], values: selectingValues(['a'], ['a', value]) });

const bodyOf = (store: ResponseStore, key: string, request: string[] = []): string | undefined => {
  const resource = store.get(key);
  const found = resource === undefined ? undefined : selectResponse(resource, request);
  return found === undefined ? undefined : Buffer.from(found.body).toString();
};

const uri = 'http://h/x';

describe('the memory tier', () => {
  it('keeps a response for each that Vary tells apart, and the newest of equal ones', () => {
    const store = new ResponseStore(100_000);
    for (const value of ['1', '2', '1']) store.put('k', uri, 'r', varied(value));
    expect([bodyOf(store, 'k', ['a', '1']), bodyOf(store, 'k', ['A', ' 2 ']), bodyOf(store, 'k')]).toEqual([
      '1',
      '2',
      undefined,
    ]);
    expect(store.get('k')?.responses).toHaveLength(2);
  });

  it('drops by URI, route and group, and counts what went', () => {
    const store = new ResponseStore(100_000);
    const fill = (): void => {
      store.put('k1', uri, 'r', response('1', { groups: ['g'] }));
      store.put('k2', uri, 's', response('2'));
      store.put('k3', 'http://other/x', 'r', response('3', { groups: ['g'] }));
    };
    fill();
    expect([store.deleteTagged(uriTag(uri)), store.size]).toEqual([2, 1]);
    fill();
    expect([store.deleteTagged(routeTag('r')), store.size]).toEqual([2, 1]);
    fill();
    expect([store.deleteTagged(groupTag('http://h', 'g')), store.size]).toEqual([1, 2]);
    expect([store.clear(), store.bytes, store.deleteTagged(routeTag('s'))]).toEqual([2, 0, 0]);
  });

  it('forgets the tags of what was replaced, and of what made room', () => {
    const store = new ResponseStore(10_000);
    store.put('k', uri, 'r', response('1', { groups: ['old'] }));
    store.put('k', uri, 'r', response('2', { groups: ['new'] }));
    expect(store.deleteTagged(groupTag('http://h', 'old'))).toBe(0);
    for (let i = 0; i < 100; i++) store.put(`n${i}`, `${uri}${i}`, 'r', response('x'.repeat(400)));
    expect(bodyOf(store, 'k')).toBeUndefined();
    expect(store.deleteTagged(groupTag('http://h', 'new'))).toBe(0);
    const { size } = store;
    expect([store.deleteTagged(routeTag('r')), store.size]).toEqual([size, 0]);
  });
});

describe('keys that were noted', () => {
  it('are remembered for a while, and no more than so many', () => {
    const recent = new RecentKeys(2, 100);
    recent.note('a', 0);
    recent.note('b', 50);
    expect([recent.has('a', 99), recent.has('a', 100), recent.has('b', 100)]).toEqual([true, false, true]);
    recent.note('c', 100);
    recent.note('d', 100);
    expect([recent.has('b', 100), recent.has('c', 100), recent.size]).toEqual([false, true, 2]);
    recent.forget('c');
    expect(recent.has('c', 100)).toBe(false);
  });
});
