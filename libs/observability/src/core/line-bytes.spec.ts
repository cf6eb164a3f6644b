import { describe, expect, it } from '@jest/globals';
import { jsonText } from './json-text.js';
import { LineBytes, literal } from './line-bytes.js';

const line = new LineBytes();

function written(write: (to: LineBytes) => void): string {
  line.clear();
  write(line);
  return line.toString();
}

describe('a line of bytes', () => {
  it('has its pieces in the order in which they were put', () => {
    const text = written((to) => {
      to.put(literal('{"a":'));
      to.json('b');
      to.put(literal(',"n":'));
      to.whole(12);
      to.put(literal('}\n'));
    });
    expect(text).toBe('{"a":"b","n":12}\n');
  });

  it.each(['', 'plain', '/a/b?c=d', 'Grüße', '日本', '😀', 'a"b\\c', 'a\nb', '\u007f', '\u2028', '\ud800', 'é"'])(
    'writes a string as JSON does: %j',
    (value) => {
      expect(written((to) => to.json(value))).toBe(jsonText(value));
    },
  );

  it('writes every character as JSON does, alone and among others', () => {
    for (let code = 0; code < 0x3000; code++) {
      const value = `a${String.fromCharCode(code)}b`;
      expect(written((to) => to.json(value))).toBe(jsonText(value));
    }
  });

  it.each([0, 1, 9, 10, 99, 100, 200, 1_024, 65_535, 1_000_000, 4_294_967_296, Number.MAX_SAFE_INTEGER])(
    'writes a whole number: %d',
    (value) => {
      expect(written((to) => to.whole(value))).toBe(String(value));
    },
  );

  it.each([
    [0, '0'],
    [1, '0.001'],
    [10, '0.01'],
    [100, '0.1'],
    [1_000, '1'],
    [1_500, '1.5'],
    [10_250, '10.25'],
    [1_001, '1.001'],
    [123_456_789, '123456.789'],
  ])('writes thousandths: %d as %s', (value, text) => {
    expect(written((to) => to.thousandths(value))).toBe(text);
  });

  it.each([0, 1, 999, 1_000, 1_762_344_000_123, 1_762_344_000_124, 1_762_344_001_000, 1_762_344_000_999])(
    'writes a time as Date does: %d',
    (now) => {
      expect(written((to) => to.utc(now))).toBe(new Date(now).toISOString());
    },
  );

  it('takes a part of a text, as far as there is one', () => {
    const parts = ['00-abc-01', '00-', ''].map((text) => written((to) => to.slice(text, 3, 6)));
    expect(parts).toEqual(['abc', '', '']);
  });

  it('grows with what is put into it, and is as small as before afterwards', () => {
    const before = new LineBytes().bytes.length;
    const long = 'x'.repeat(200_000);
    expect(written((to) => to.json(long))).toBe(`"${long}"`);
    expect(written((to) => to.json(`é${long}`))).toBe(`"é${long}"`);
    const pieces = written((to) => {
      for (let i = 0; i < 30_000; i++) to.put(literal('0123456789'));
    });
    expect(pieces).toBe('0123456789'.repeat(30_000));
    expect(written((to) => to.json('short'))).toBe('"short"');
    expect(line.bytes.length).toBe(before);
  });
});
