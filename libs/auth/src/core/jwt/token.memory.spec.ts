import { describe, expect, it } from '@jest/globals';
import { secretKey } from './fixed-keys.js';
import { TokenMemory } from './token.memory.js';

const key = secretKey('x'.repeat(32), ['HS256']);
const LARGE = 1_000_000;

function memoryOf(entriesMax: number, bytesMax = LARGE): TokenMemory<string> {
  return new TokenMemory({ entriesMax, bytesMax });
}

describe('the memory of tokens', () => {
  it('gives back what was remembered, until its time', () => {
    const memory = memoryOf(10);
    memory.remember('t', 'value', 1000, key);
    expect(memory.recall('t', 999)).toBe('value');
    expect(memory.recall('u', 999)).toBeUndefined();
    expect(memory.recall('t', 1000)).toBeUndefined();
    expect(memory.size).toBe(0);
  });

  it('forgets what was proven by a key that is gone', () => {
    const memory = memoryOf(10);
    const leaving = secretKey('y'.repeat(32), ['HS256']);
    memory.remember('a', 'a', 1000, leaving);
    memory.remember('b', 'b', 1000, key);
    leaving.removed = true;
    expect([memory.recall('a', 0), memory.recall('b', 0)]).toEqual([undefined, 'b']);
  });

  it('holds no more entries than it may', () => {
    const memory = memoryOf(100);
    for (let i = 0; i < 10_000; i++) memory.remember(`t${i}`, '', 1000, key);
    expect(memory.size).toBe(100);
  });

  it('holds no more bytes than it may, whatever their number', () => {
    const memory = memoryOf(1_000_000, 100_000);
    for (let i = 0; i < 1000; i++) memory.remember(`${i}${'x'.repeat(i)}`, '', 1000, key);
    expect(memory.size).toBeLessThan(60);
    expect(memory.size).toBeGreaterThan(10);
    memory.remember('x'.repeat(100_000), '', 1000, key);
    expect(memory.recall('x'.repeat(100_000), 0)).toBeUndefined();
  });

  it('keeps those that are asked for before those that are not', () => {
    const memory = memoryOf(100);
    memory.remember('wanted', 'value', 1000, key);
    for (let i = 0; i < 10_000; i++) {
      expect(memory.recall('wanted', 0)).toBe('value');
      memory.remember(`t${i}`, '', 1000, key);
    }
  });

  it('counts a token once, however often it is remembered', () => {
    const memory = memoryOf(10, 6000);
    for (let i = 0; i < 100; i++) memory.remember('t', String(i), 1000, key);
    memory.remember('u', '', 1000, key);
    expect([memory.size, memory.recall('t', 0)]).toEqual([2, '99']);
  });

  it('may be off', () => {
    const memory = memoryOf(0);
    memory.remember('t', '', 1000, key);
    expect(memory.recall('t', 0)).toBeUndefined();
  });
});
