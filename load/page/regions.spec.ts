import { describe, expect, it } from '@jest/globals';
import { replaceRegion } from './regions.ts';

const page = 'before\n<!-- begin a: written by `make performance-page` -->\nold\n<!-- end a -->\nafter\n';

describe('a generated part of a page', () => {
  it('takes the place of what was there, and nothing else changes', () => {
    const once = replaceRegion(page, 'a', 'new\n');
    expect(once).toBe('before\n<!-- begin a: written by `make performance-page` -->\n\nnew\n\n<!-- end a -->\nafter\n');
    expect(replaceRegion(once, 'a', 'new')).toBe(once);
  });

  it('needs both of its lines', () => {
    expect(() => replaceRegion(page, 'b', '')).toThrow('the page has no place for b');
    expect(() => replaceRegion(page.replace('end a', ''), 'a', '')).toThrow('the page has no place for a');
  });
});
