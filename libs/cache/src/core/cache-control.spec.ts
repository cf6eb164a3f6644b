import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { noDirectives, parseCacheControl } from './cache-control.js';

describe('Cache-Control', () => {
  it('is read whatever its case, its spaces and its empty parts', () => {
    const found = parseCacheControl(' ,, Max-Age=60 ,\tS-MAXAGE="70", no-store,, must-revalidate , public');
    expect(found).toMatchObject({
      maxAgeS: 60,
      sMaxAgeS: 70,
      noStore: true,
      mustRevalidate: true,
      isPublic: true,
      malformed: false,
    });
  });

  it('says nothing when it is empty', () => {
    expect(parseCacheControl('')).toBe(noDirectives);
  });

  it('takes the stricter of two', () => {
    expect(parseCacheControl('max-age=60, max-age=10, max-age=30').maxAgeS).toBe(10);
    expect(parseCacheControl('max-age=60, max-age=x').maxAgeS).toBe(0);
    expect(parseCacheControl('no-cache="a", no-cache').noCache).toBe(true);
  });

  it('names fields, or means the whole', () => {
    expect(parseCacheControl('no-cache="Set-Cookie, x-a", private=x-b')).toMatchObject({
      noCache: false,
      isPrivate: false,
      withheld: ['set-cookie', 'x-a', 'x-b'],
    });
    expect(parseCacheControl('private=""').isPrivate).toBe(true);
    expect(parseCacheControl('private="a b"').isPrivate).toBe(true);
  });

  it('keeps commas and directives inside quotes to themselves', () => {
    const found = parseCacheControl('ext="no-store, \\", private", max-age=5');
    expect(found).toMatchObject({ noStore: false, isPrivate: false, maxAgeS: 5, malformed: false });
  });

  it.each(['max-age=60 public', 'max-age="60', '=', 'a b', 'max-age = 60', 'max-age=60;x', '\u{0}', '"'])(
    'is malformed, and what can be read of it still counts: %j',
    (text) => {
      expect(parseCacheControl(`${text}, no-store`)).toMatchObject({ malformed: true });
      expect(parseCacheControl(`no-store, ${text}`)).toMatchObject({ malformed: true, noStore: true });
    },
  );

  it('takes any staleness when max-stale has no value', () => {
    expect(parseCacheControl('max-stale').maxStaleS).toBe(Infinity);
    expect(parseCacheControl('max-stale=7').maxStaleS).toBe(7);
  });

  it('never throws and always ends', () => {
    const random = new SeededRandom(4);
    const parts = ['max-age', '=', '"', ',', ' ', '\\', 'no-store', '60', ';', 'private', '\u{ff}', '\t'];
    for (let i = 0; i < 5_000; i++) {
      const text = Array.from({ length: random.below(20) }, () => random.pick(parts)).join('');
      expect(() => parseCacheControl(text)).not.toThrow();
    }
    parseCacheControl('"'.repeat(60_000));
    parseCacheControl(`a="${'\\'.repeat(60_000)}`);
    parseCacheControl(' '.repeat(60_000));
  });
});
