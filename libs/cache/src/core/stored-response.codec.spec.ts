import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { decodeResponse, encodeResponse } from './stored-response.codec.js';
import { StoredResponse, type StoredFacts } from './stored-response.js';

const facts: StoredFacts = {
  status: 200,
  fields: ['etag', '"1"', 'x-latin', '\u{e9}'],
  bornAtMs: 1,
  freshUntilMs: 2,
  alwaysValidate: false,
  neverStale: true,
  staleWhileRevalidateMs: 3,
  staleIfErrorMs: 4,
  forEverybody: true,
  selecting: ['accept'],
  values: '6:accept3:a/b',
  groups: ['g'],
};

describe('a stored response as text', () => {
  it('comes back as it was, every byte of it', () => {
    const body = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 0xff));
    const text = encodeResponse(new StoredResponse(facts, body), ['a', '']);
    expect(text).toMatch(/^[A-Za-z0-9+/=]+$/);
    const decoded = decodeResponse(text);
    expect(decoded?.response.facts).toEqual(facts);
    expect(Buffer.from(decoded?.response.body ?? []).equals(body)).toBe(true);
    expect(decoded?.generations).toEqual(['a', '']);
    expect(decoded?.response.etag).toBe('"1"');
  });

  it.each([
    undefined,
    null,
    7,
    {},
    '',
    'AAAA',
    'AAAAAA==',
    'not base64 !',
    Buffer.from('\0\0\0\u{2}{}').toString('base64'),
  ])('is nothing when it is something else: %p', (text) => {
    expect(decodeResponse(text)).toBeNull();
  });

  it('never throws when it was spoilt', () => {
    const random = new SeededRandom(3);
    const whole = Buffer.from(encodeResponse(new StoredResponse(facts, Buffer.from('body')), []), 'base64');
    for (let i = 0; i < 2_000; i++) {
      const spoilt = Buffer.from(whole.subarray(0, 1 + random.below(whole.length)));
      spoilt[random.below(spoilt.length)] = random.below(256);
      expect(() => decodeResponse(spoilt.toString('base64'))).not.toThrow();
    }
  });
});
