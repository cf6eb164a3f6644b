import { describe, expect, it } from '@jest/globals';
import { patterned } from './nginx-upstream.ts';

describe('the pattern that bodies are made of', () => {
  it('has the length asked for', () => {
    for (const bytes of [0, 1, 8, 1024, 1_000_003]) expect(patterned(bytes)).toHaveLength(bytes);
  });

  it('differs along the body, and holds nothing that nginx would expand', () => {
    const lines = patterned(1 << 20).match(/.{8}/g)!;
    expect(new Set(lines).size).toBe(lines.length);
    expect(patterned(1 << 20)).toMatch(/^[0-9a-z-]*$/);
  });
});
