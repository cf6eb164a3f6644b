import { describe, expect, it } from '@jest/globals';
import { isTraceparent, newTraceparent } from './traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it('that we begin is new each time, valid, and not sampled', () => {
    const all = Array.from({ length: 1_000 }, newTraceparent);
    expect(new Set(all).size).toBe(1_000);
    expect(all.every(isTraceparent)).toBe(true);
    expect(all.every((traceparent) => /^00-.{32}-.{16}-00$/.test(traceparent))).toBe(true);
  });

  it.each([
    ['version 00', `00-${TRACE}-${SPAN}-01`],
    ['flags that we do not know', `00-${TRACE}-${SPAN}-ff`],
    ['a later version of the same form', `01-${TRACE}-${SPAN}-01`],
    ['a later version with more behind', `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`],
  ])('goes on with %s', (_, value) => {
    expect(isTraceparent(value)).toBe(true);
  });

  it.each([
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper-case digits', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['more behind version 00', `00-${TRACE}-${SPAN}-01-more`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['something in front', ` 00-${TRACE}-${SPAN}-01`],
    ['a later version with a tail that is not set off', `01-${TRACE}-${SPAN}-01.x`],
    ['nothing', ''],
  ])('is begun anew instead of one with %s', (_, value) => {
    expect(isTraceparent(value)).toBe(false);
  });
});
