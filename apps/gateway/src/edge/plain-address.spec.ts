import { describe, expect, it } from '@jest/globals';
import { isLoopback, plainAddress } from './plain-address.js';

describe('an address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:1', '::ffff:1'],
    // What is left would be no address.
    ['::ffff:1%.', '::ffff:1%.'],
    ['::ffff:192.0.2.1%a', '::ffff:192.0.2.1%a'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['', ''],
  ])('%s is plainly %s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['127.0.0.1.evil.example', false],
    ['127.1', false],
    ['128.0.0.1', false],
    ['::2', false],
    ['', false],
  ])('%s is loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
