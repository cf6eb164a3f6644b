import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { normalizePath } from './normalize-path.js';

describe('a path', () => {
  it.each([
    ['/', '/'],
    ['/a', '/a'],
    ['/a/', '/a/'],
    ['/a.b/c..d/...', '/a.b/c..d/...'],
    ['/.well-known/x', '/.well-known/x'],
    ['/a;v=1/b', '/a;v=1/b'],
    ["/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"],
    ['/A/a', '/A/a'],
  ])('that is in normal form stays as it is: %s', (path, normal) => {
    expect(normalizePath(path, false)).toBe(normal);
  });

  it.each([
    ['/%61', '/a'],
    ['/%7Euser', '/~user'],
    ['/a%2Db%2E%5F', '/a-b._'],
    ['/%c3%a9', '/%C3%A9'],
    ['/a%20b', '/a%20b'],
    ['/%3B%3a%40', '/%3B%3A%40'],
    ['/%252e%252E', '/%252e%252E'],
    ['/%25', '/%25'],
  ])('has its percent-encoding brought into one form: %s is %s', (path, normal) => {
    expect(normalizePath(path, false)).toBe(normal);
  });

  it.each([
    ['//', '/'],
    ['//a', '/a'],
    ['/a//b', '/a/b'],
    ['/a///', '/a/'],
    ['/.', '/'],
    ['/./', '/'],
    ['/a/.', '/a/'],
    ['/a/./b', '/a/b'],
    ['/a/b/..', '/a/'],
    ['/a/b/../', '/a/'],
    ['/a/b/../c', '/a/c'],
    ['/a/..', '/'],
    ['/a/../', '/'],
    ['/a/b/../../c', '/c'],
    ['/a//../b', '/b'],
    ['/%2e/a', '/a'],
    ['/a/%2E%2e/b', '/b'],
    ['/a/.%2e/b', '/b'],
    ['/a/%2e./b', '/b'],
  ])('has its segments resolved: %s is %s', (path, normal) => {
    expect(normalizePath(path, false)).toBe(normal);
  });

  it.each([
    ['leaves the root', '/..'],
    ['leaves the root later', '/a/../../b'],
    ['leaves the root behind empty segments', '//..'],
    ['leaves the root in disguise', '/%2e%2e/etc/passwd'],
    ['has a triplet without digits', '/%zz'],
    ['has half a triplet', '/a%2'],
    ['ends in a percent sign', '/%'],
    ['has an encoded NUL', '/a%00b'],
    ['has an encoded line feed', '/a%0Ab'],
    ['has an encoded DEL', '/%7f'],
    ['has a backslash', '/a\\..\\b'],
    ['has an encoded backslash', '/a%5Cb'],
    ['has an encoded slash', '/a%2fb'],
    ['hides dots behind an encoded slash', '/a/..%2f..%2fb'],
    ['has a fragment', '/a#b'],
    ['has a space', '/a b'],
    ['has a control character', '/a\x01'],
    ['has a byte outside ASCII', '/\xe9'],
    ['has a character beyond bytes', '/\u212a'],
    ['has dots with path parameters', '/a/..;x/b'],
    ['has a dot with path parameters', '/.;/b'],
    ['has encoded dots with path parameters', '/a/%2e%2e;x=1/b'],
    ['has dots with encoded path parameters', '/a/..%3bx'],
    ['does not begin with a slash', 'a/b'],
    ['begins with an encoded slash', '%2Fa'],
    ['is empty', ''],
  ])('that %s is refused', (_, path) => {
    expect(normalizePath(path, false)).toBeNull();
  });

  describe('where encoded slashes are kept', () => {
    it.each([
      ['/a%2fb', '/a%2Fb'],
      ['/a%5cb/c', '/a%5Cb/c'],
      ['/%2F', '/%2F'],
      ['/a%2Fb/..', '/'],
      ['/a%2F.hidden', '/a%2F.hidden'],
    ])('keeps them as parts of their segment: %s is %s', (path, normal) => {
      expect(normalizePath(path, true)).toBe(normal);
    });

    it.each(['/..%2fb', '/a%2F..', '/a%2F..%2Fb', '/a%5C%2e%2e%5Cb', '/.%2Fb', '/a%2F..;x', '/a\\b'])(
      'is refused when decoding would make dots of it: %s',
      (path) => {
        expect(normalizePath(path, true)).toBeNull();
      },
    );
  });
});

describe('the normal form', () => {
  const parts = [
    '/',
    '/',
    '.',
    '..',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%25',
    '%',
    '%c3%A9',
    'a',
    'B',
    '~',
    ';x',
    '%3b',
    '\\',
    '*',
  ];
  const random = new SeededRandom(20_261_104);
  const paths = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + random.below(9) }, (_, i) => (i === 0 ? '/' : random.pick(parts))).join(''),
  );

  const accepted = (keep: boolean): { path: string; normal: string }[] =>
    paths.flatMap((path) => {
      const normal = normalizePath(path, keep);
      return normal === null ? [] : [{ path, normal }];
    });

  it.each([false, true])('is a fixed point (encoded slashes kept: %s)', (keep) => {
    const all = accepted(keep);
    expect(all.length).toBeGreaterThan(1_000);
    expect(all.filter(({ normal }) => normalizePath(normal, keep) !== normal)).toEqual([]);
  });

  it.each([false, true])('has no empty and no dot segments (encoded slashes kept: %s)', (keep) => {
    const wrong = accepted(keep).filter(({ normal }) => {
      const segments = normal.slice(1).split('/');
      // An empty segment may only stand at the end: the trailing slash.
      return segments.slice(0, -1).includes('') || segments.some((segment) => /^(?:\.|%2e){1,2}(?:;|$)/i.test(segment));
    });
    expect(wrong).toEqual([]);
  });

  it('has no dot segments for a server that decodes before it splits, even where encoded slashes are kept', () => {
    const wrong = accepted(true).filter(({ normal }) => {
      const decoded = normal.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
      return decoded.split(/[/\\]/).some((segment) => /^\.{1,2}(?:;|$)/.test(segment));
    });
    expect(wrong).toEqual([]);
  });

  it('goes the way of the URL standard where both accept a path', () => {
    // We merge slashes before dots are resolved; the URL standard does not.
    const comparable = accepted(false).filter(({ path }) => !path.includes('//'));
    const wrong = comparable.filter(({ path, normal }) => {
      const { pathname } = new URL(`http://host${path}`);
      return normal !== pathname.replace(/%[0-9a-f]{2}/gi, normalTriplet);
    });
    expect(comparable.length).toBeGreaterThan(1_000);
    expect(wrong).toEqual([]);
  });
});

function normalTriplet(triplet: string): string {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
  return /[A-Za-z0-9\-._~]/.test(character) ? character : triplet.toUpperCase();
}
