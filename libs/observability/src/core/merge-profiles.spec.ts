import * as pprof from '@datadog/pprof';
import { describe, expect, it } from '@jest/globals';
import { mergeProfiles, type Profile } from './merge-profiles.js';

type Numeric = number | bigint;

/** A profile of this thread, of one function of that name. */
function profileOf(name: string): Profile {
  const root = { name: '(root)', scriptName: '', scriptId: 0, lineNumber: 0, columnNumber: 0 };
  const leaf = {
    name,
    scriptName: `${name}.ts`,
    scriptId: 1,
    lineNumber: 7,
    columnNumber: 1,
    hitCount: 1,
    children: [],
  };
  const allocations = [{ sizeBytes: 100, count: 3 }];
  const children = [{ ...leaf, allocations }];
  return pprof.heap.convertProfile({ ...root, allocations: [], children });
}

/** Stacks as text, with their values and workers. */
function read(profile: Profile): string[] {
  const text = (at: Numeric): string => profile.stringTable.strings[Number(at)];
  return profile.sample.map(({ locationId, value, label }) => {
    const stack = locationId.map((id) => {
      const location = profile.location.find((each) => each.id === id);
      return location?.line.map(({ functionId, line }) => {
        const called = profile.function.find((each) => each.id === functionId);
        return `${text(called?.name ?? 0)}@${text(called?.filename ?? 0)}:${line}`;
      });
    });
    const labels = label.map(({ key, str }) => `${text(key)}=${text(str)}`);
    return `${stack.flat().join('<')} ${value.join('/')} ${labels.join(',')}`;
  });
}

describe('the profiles of several workers', () => {
  it('become one, whose samples say where they are from', () => {
    const others = [
      { worker: 0, profile: structuredClone(profileOf('theirs')) },
      { worker: 2, profile: structuredClone(profileOf('own')) },
    ];
    const merged = mergeProfiles(profileOf('own'), 1, others);
    // The library adds what V8 holds outside of its heap.
    expect(read(merged).filter((line) => !line.startsWith('(external)'))).toEqual([
      'own@own.ts:7 3/300 worker=1',
      'theirs@theirs.ts:7 3/300 worker=0',
      'own@own.ts:7 3/300 worker=2',
    ]);
  });

  it('have ids of their own in it, and strings only once', () => {
    const merged = mergeProfiles(profileOf('own'), 1, [{ worker: 0, profile: structuredClone(profileOf('own')) }]);
    for (const entries of [merged.location, merged.function]) {
      expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    }
    expect(merged.stringTable.strings.filter((text) => text === 'own')).toHaveLength(1);
    expect(merged.encode().length).toBeGreaterThan(0);
  });
});
