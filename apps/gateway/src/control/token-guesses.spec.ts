import { describe, expect, it } from '@jest/globals';
import { TokenGuesses } from './token-guesses.js';

describe('wrong management tokens', () => {
  it('are ten at once from an address, then one every six seconds', () => {
    let now = 0;
    const guesses = new TokenGuesses(() => now);
    for (let i = 0; i < 10; i++) {
      expect(guesses.mayGuess('192.0.2.1')).toBe(true);
      guesses.wrong('192.0.2.1');
    }
    expect(guesses.mayGuess('192.0.2.1')).toBe(false);
    now = 5_999;
    expect(guesses.mayGuess('192.0.2.1')).toBe(false);
    now = 6_001;
    expect(guesses.mayGuess('192.0.2.1')).toBe(true);
  });

  it('of one address are nothing to another', () => {
    const guesses = new TokenGuesses(() => 0);
    for (let i = 0; i < 20; i++) guesses.wrong('2001:db8::1');
    expect(guesses.mayGuess('2001:db8::2')).toBe(false);
    expect(guesses.mayGuess('2001:db8:1::1')).toBe(true);
  });

  it('are not counted by looking', () => {
    const guesses = new TokenGuesses(() => 0);
    for (let i = 0; i < 50; i++) expect(guesses.mayGuess('192.0.2.1')).toBe(true);
  });
});
