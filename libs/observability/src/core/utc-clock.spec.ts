import { describe, expect, it } from '@jest/globals';
import { utcText } from './utc-clock.js';

describe('a time in text', () => {
  it.each([0, 1, 999, 1_000, 1_762_344_000_123, 1_762_344_000_124, 1_762_344_001_000, 1_762_344_000_999])(
    'is what Date would write: %d',
    (now) => {
      expect(utcText(now)).toBe(new Date(now).toISOString());
    },
  );
});
