import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { algorithmOf } from './algorithms.js';
import { RefreshedKeys, type LoadedKeySet } from './refreshed.keys.js';

const ES256 = algorithmOf('ES256');
const published = (kid: string | undefined, more: object = {}): object => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  ...(kid === undefined ? {} : { kid }),
  ...more,
});

const COOLDOWN_MS = 30_000;
const REFRESH_MS = 600_000;

let issuer: { keys: unknown; maxAgeMs: number | null; down: boolean };
let asked: number;
let outcomes: string[];
let sources: RefreshedKeys[];

beforeEach(() => {
  jest.useFakeTimers();
  issuer = { keys: [published('k-1')], maxAgeMs: null, down: false };
  asked = 0;
  outcomes = [];
  sources = [];
});
afterEach(() => {
  for (const source of sources) source.stop();
  jest.useRealTimers();
});

function sourceOf(load?: () => Promise<LoadedKeySet>): RefreshedKeys {
  const answer = (): Promise<LoadedKeySet> => {
    asked++;
    if (issuer.down) return Promise.reject(new Error('down'));
    return Promise.resolve({ set: { keys: issuer.keys }, maxAgeMs: issuer.maxAgeMs });
  };
  const source = new RefreshedKeys({
    load: load ?? answer,
    settings: { refreshMs: REFRESH_MS, cooldownMs: COOLDOWN_MS },
    onOutcome: (error) => outcomes.push(error === null ? 'ok' : String(error)),
  });
  sources.push(source);
  return source;
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('keys of an issuer', () => {
  it('are there after the first fetch, by name', async () => {
    const keys = sourceOf();
    expect(keys.ready).toBe(false);
    await keys.start();
    expect(keys.ready).toBe(true);
    expect(keys.find('k-1', ES256)).toHaveLength(1);
    expect(keys.find('k-2', ES256)).toEqual([]);
    expect(keys.find('k-1', algorithmOf('ES384'))).toEqual([]);
    expect(keys.find('k-1', algorithmOf('HS256'))).toEqual([]);
  });

  it('serve tokens without a name where there is only one that fits', async () => {
    const keys = sourceOf();
    issuer.keys = [published(undefined), published('e', { use: 'enc' })];
    await keys.start();
    expect(keys.find(null, ES256)).toHaveLength(1);
    issuer.keys = [published(undefined), published('k-1')];
    await pass(REFRESH_MS);
    expect(keys.find(null, ES256)).toEqual([]);
  });

  it('are fetched again before they are too old, and sooner when the issuer says so', async () => {
    const keys = sourceOf();
    await keys.start();
    await pass(REFRESH_MS * 0.75 - 1);
    expect(asked).toBe(1);
    issuer.maxAgeMs = 60_000;
    await pass(1);
    expect(asked).toBe(2);
    await pass(45_000);
    expect(asked).toBe(3);
    issuer.maxAgeMs = 0;
    await pass(45_000);
    // Not more often than the cool-down allows.
    await pass(COOLDOWN_MS * 0.75 * 10);
    expect(asked).toBe(14);
  });

  it('are looked for once in a cool-down, however many tokens name unknown ones', async () => {
    const keys = sourceOf();
    await keys.start();
    for (let i = 0; i < 1000; i++) expect(keys.refetch()).toBeNull();
    await pass(COOLDOWN_MS);
    const running = keys.refetch();
    expect(running).not.toBeNull();
    for (let i = 0; i < 1000; i++) expect(keys.refetch()).toBe(running);
    await running;
    expect(keys.refetch()).toBeNull();
    expect(asked).toBe(2);
  });

  it('stay as they are while the issuer is down, and are renewed when it is back', async () => {
    const keys = sourceOf();
    await keys.start();
    issuer.down = true;
    await pass(REFRESH_MS * 10);
    expect(keys.find('k-1', ES256)).toHaveLength(1);
    expect(asked).toBeGreaterThan(10);
    issuer = { ...issuer, down: false, keys: [published('k-2')] };
    await pass(COOLDOWN_MS);
    expect([keys.find('k-1', ES256).length, keys.find('k-2', ES256).length]).toEqual([0, 1]);
    expect(outcomes.at(-1)).toBe('ok');
  });

  it('are looked for quickly at first, and then more slowly, while there are none', async () => {
    issuer.down = true;
    const keys = sourceOf();
    await keys.start();
    await pass(499);
    expect(asked).toBe(1);
    await pass(1);
    expect(asked).toBe(2);
    await pass(1000);
    expect(asked).toBe(3);
    await pass(600_000);
    expect(asked).toBeLessThan(30);
    issuer.down = false;
    await pass(COOLDOWN_MS);
    expect(keys.ready).toBe(true);
  });

  it('are the same objects as long as they are published, and marked once they are not', async () => {
    const [first, second] = [published('k-1'), published('k-2')];
    issuer.keys = [first, second];
    const keys = sourceOf();
    await keys.start();
    const [kept] = keys.find('k-1', ES256);
    const [gone] = keys.find('k-2', ES256);
    issuer.keys = [first, published('k-2')];
    await pass(REFRESH_MS);
    expect(keys.find('k-1', ES256)[0]).toBe(kept);
    expect(keys.find('k-2', ES256)[0]).not.toBe(gone);
    expect([kept.removed, gone.removed]).toEqual([false, true]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no list', {}],
    ['an empty list', []],
    ['only secrets', [{ kty: 'oct', kid: 'k-1', k: 'AAAA' }]],
    ['only encryption keys', [published('k-1', { use: 'enc' })]],
    ['only private keys', [published('k-1', { d: 'AAAA' })]],
    ['only keys for signing', [published('k-1', { key_ops: ['sign'] })]],
    ['a point beside the curve', [published('k-1', { x: 'AAAA' })]],
    ['nonsense', [null, 1, 'a', [], { kty: 'EC' }, { kty: '__proto__' }]],
    ['more keys than anybody has', Array.from({ length: 200 }, () => ({}))],
  ])('are kept when the issuer publishes %s', async (_what, set) => {
    const keys = sourceOf();
    await keys.start();
    issuer.keys = set;
    await pass(REFRESH_MS * 0.75);
    expect(keys.find('k-1', ES256)).toHaveLength(1);
    expect(outcomes).toEqual(['ok', expect.stringContaining('KeyError')]);
  });

  it('of one set are used where others in it are unusable', async () => {
    issuer.keys = [{ kty: 'oct', kid: 'k-1', k: 'AAAA' }, published('k-1', { alg: 'ES256' }), null];
    const keys = sourceOf();
    await keys.start();
    expect(keys.find('k-1', ES256)).toHaveLength(1);
  });

  it('are no longer asked for once it is stopped', async () => {
    const keys = sourceOf();
    await keys.start();
    keys.stop();
    await pass(REFRESH_MS * 3);
    expect(keys.refetch()).toBeNull();
    expect(asked).toBe(1);
  });
});
