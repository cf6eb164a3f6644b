import { describe, expect, it } from '@jest/globals';
import { buffer } from 'node:stream/consumers';
import { generatedBody } from './generated-body.js';

describe('generatedBody', () => {
  it.each([0, 1, 251, 257_023, 257_024, 257_025, 1_000_000])(
    'makes %i bytes, each its position modulo 251',
    async (bytes) => {
      const body = await buffer(generatedBody(bytes));
      const expected = Buffer.from(Uint8Array.from({ length: bytes }, (_, index) => index % 251));
      expect(body.equals(expected)).toBe(true);
    },
  );
});
