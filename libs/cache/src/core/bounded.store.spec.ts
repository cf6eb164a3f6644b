import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KeyvStoreAdapter } from 'keyv';
import { BoundedStore, StoreUnavailable } from './bounded.store.js';

let calls: ((value: unknown) => void)[];
let ready: boolean;

const store = {
  get: () => new Promise((resolve) => calls.push(resolve)),
  set: () => new Promise((resolve) => calls.push(resolve)),
  delete: () => new Promise((resolve) => calls.push(resolve)),
} as unknown as KeyvStoreAdapter;

function bounded(): BoundedStore {
  return new BoundedStore(store, { timeoutMs: 20, isReady: () => ready, now: () => Date.now() });
}

/** Lets time pass, and then a turn of the loop in which answers would come. */
function elapse(timeMs: number): void {
  jest.advanceTimersByTime(timeMs);
  jest.advanceTimersByTime(1);
}

beforeEach(() => {
  jest.useFakeTimers();
  calls = [];
  ready = true;
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a store with a limit of time', () => {
  it('answers when the store does', async () => {
    const found = bounded().get('a');
    calls[0]('value');
    expect(await found).toBe('value');
    expect(jest.getTimerCount()).toBe(1);
  });

  it('gives up what is late, and then tries nothing for a second, and then one', async () => {
    const under = bounded();
    const late = under.get('a').catch((error: unknown) => error);
    elapse(20);
    expect(await late).toBeInstanceOf(StoreUnavailable);
    expect(under.available).toBe(false);
    await expect(under.get('b')).rejects.toThrow(StoreUnavailable);
    expect(calls).toHaveLength(1);
    jest.advanceTimersByTime(1_000);
    const probe = under.get('c');
    await expect(under.get('d')).rejects.toThrow(StoreUnavailable);
    calls[1]('back');
    expect(await probe).toBe('back');
    expect(under.available).toBe(true);
  });

  it('is not taken for healthy by an answer that comes too late', async () => {
    const under = bounded();
    const late = under.get('a').catch(() => 'late');
    elapse(20);
    calls[0]('value');
    expect(await late).toBe('late');
    expect(under.available).toBe(false);
  });

  it('asks nobody without a connection', async () => {
    ready = false;
    await expect(bounded().set('a', 1)).rejects.toThrow(StoreUnavailable);
    expect(calls).toHaveLength(0);
  });

  it('uses one timer for all, and holds no more than so many', async () => {
    const under = bounded();
    const all = Array.from({ length: 1_100 }, () => under.get('a').catch(() => 'refused'));
    expect(jest.getTimerCount()).toBe(1);
    expect(calls).toHaveLength(1_024);
    elapse(20);
    expect(new Set(await Promise.all(all))).toEqual(new Set(['refused']));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes any number one after the other, however many there were within the time limit', async () => {
    const under = bounded();
    for (let i = 0; i < 2_000; i++) {
      const found = under.get('a');
      calls[i](i);
      expect(await found).toBe(i);
    }
  });

  it('is never cleared', async () => {
    await expect(bounded().clear()).rejects.toThrow('never cleared');
  });
});
