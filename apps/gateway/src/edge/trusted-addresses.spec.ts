import { describe, expect, it } from '@jest/globals';
import { isLoopback, plainAddress, TrustedAddresses } from './trusted-addresses.js';

describe('trusted addresses', () => {
  const trusted = new TrustedAddresses(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);

  it.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:ffff::1', true],
    ['2001:DB8::1', true],
    ['2001:db9::1', false],
    ['::1', true],
    ['', false],
    ['unknown', false],
    ['10.0.0.1:80', false],
  ])('hold %s: %s', (address, expected) => {
    expect(trusted.has(address)).toBe(expected);
  });

  it('are nobody by default', () => {
    const nobody = new TrustedAddresses([]);
    expect(nobody.has('127.0.0.1')).toBe(false);
    expect(nobody.has('10.0.0.1')).toBe(false);
  });
});

describe('an address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:1', '::ffff:1'],
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
