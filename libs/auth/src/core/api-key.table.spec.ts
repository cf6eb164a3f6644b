import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { ApiKeyTable } from './api-key.table.js';

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex');

describe('a table of API keys', () => {
  const table = new ApiKeyTable([
    [digestOf('key-of-a'), 'a'],
    [digestOf('key-of-b').toUpperCase(), 'b'],
    [digestOf('schlüssel'), 'c'],
  ]);

  it('finds whom a key belongs to', () => {
    expect([table.find('key-of-a'), table.find('key-of-b')]).toEqual(['a', 'b']);
  });

  it('knows keys beyond ASCII by the bytes that were sent', () => {
    expect(table.find(Buffer.from('schlüssel').toString('latin1'))).toBe('c');
  });

  it.each(['', 'key-of-', 'key-of-a ', 'KEY-OF-A', digestOf('key-of-a'), 'x'.repeat(100_000), '__proto__'])(
    'does not know %j',
    (key) => {
      expect(table.find(key)).toBeUndefined();
    },
  );
});
