import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { flameSvg, shortFile } from './flame-svg.ts';
import { frameTree, hottest, shares } from './frame-tree.ts';
import { readProfile } from './read-profile.ts';

/** A protobuf message: numbers are varints, the rest has a length. */
function message(...fields: [number, number | string | Buffer][]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8), varint(value)];
      const bytes = Buffer.from(value);
      return [varint(number * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

const packed = (...values: number[]): Buffer => Buffer.concat(values.map(varint));

const texts = ['', 'sample', 'cpu', 'outer', 'inner', '/x/apps/gateway/src/a.ts', 'node:net', '(idle)'];
const profile = (type = 2): Buffer =>
  gzipSync(
    message(
      ...([1, type] as const).map((name): [number, Buffer] => [1, message([1, name])]),
      // Innermost first, and numbers beyond 32 bits.
      [2, message([1, packed(2, 1)], [2, packed(1, 3_000_000_000)])],
      [2, message([1, 1], [2, 1], [2, 1_000_000_000])],
      [2, message([1, packed(3)], [2, packed(9, 9_000_000_000)])],
      ...[1, 2, 3].map((id): [number, Buffer] => [4, message([1, id], [4, message([1, id], [2, 7])])]),
      [5, message([1, 1], [2, 3], [4, 5])],
      [5, message([1, 2], [2, 4], [4, 6])],
      [5, message([1, 3], [2, 7])],
      ...texts.map((text): [number, string] => [6, text]),
    ),
  );

describe('a CPU profile', () => {
  const tree = frameTree(readProfile(profile()));

  it('is read as stacks, with the CPU that each had', () => {
    const outer = { name: 'outer', file: '/x/apps/gateway/src/a.ts' };
    expect(readProfile(profile()).slice(0, 2)).toEqual([
      { places: [outer, { name: 'inner', file: 'node:net' }], weight: 3_000_000_000 },
      { places: [outer], weight: 1_000_000_000 },
    ]);
  });

  it('becomes a tree of calls, without the time in which nothing ran', () => {
    expect(tree).toMatchObject({ total: 4_000_000_000, self: 0 });
    const [outer] = tree.children.values();
    expect(outer).toMatchObject({ name: 'outer', owner: 'gateway', total: 4_000_000_000, self: 1_000_000_000 });
    expect([...outer.children.values()]).toMatchObject([{ name: 'inner', owner: 'Node', self: 3_000_000_000 }]);
  });

  it('tells whose code ran, and which functions', () => {
    expect([...shares(tree)]).toEqual([
      ['Node', 0.75],
      ['gateway', 0.25],
    ]);
    expect(hottest(tree, 1)).toEqual([{ name: 'inner', file: 'node:net', owner: 'Node', share: 0.75 }]);
  });

  it('is drawn to scale, with what each frame is', () => {
    const svg = flameSvg('a < b', tree);
    expect(svg).toContain('a &lt; b');
    expect(svg).toContain('<title>outer, apps/gateway/src/a.ts: 100.0 %</title>');
    expect(svg).toMatch(/<title>inner, node:net: 75\.0 %<\/title><rect x="10\.0" y="\d+" width="884\.6"/);
  });

  it('is refused when it tells no CPU, or is something else', () => {
    expect(() => readProfile(profile(3))).toThrow('no CPU profile: its samples tell sample, outer');
    expect(() => readProfile(gzipSync(Buffer.from([0x0a, 0x7f])))).toThrow('the message ends within a field');
    expect(() => readProfile(Buffer.from('not gzipped'))).toThrow('incorrect header check');
  });
});

describe('the file of a frame', () => {
  it.each([
    ['/tmp/q/gateway-build/apps/gateway/src/a.ts', 'apps/gateway/src/a.ts'],
    ['/tmp/q/node_modules/undici/lib/a.js', 'undici/lib/a.js'],
    ['node:net', 'node:net'],
  ])('%s is shown as %s', (file, shown) => {
    expect(shortFile(file)).toBe(shown);
  });
});
