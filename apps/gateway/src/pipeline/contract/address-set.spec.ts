import { describe, expect, it } from '@jest/globals';
import { AddressSet } from './address-set.js';

describe('a set of addresses', () => {
  const set = new AddressSet(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);

  it.each([
    ['::ffff:10.0.0.1', true],
    ['::ffff:a00:1', true],
    ['fe80::1%eth0', false],
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
  ])('holds %s: %s', (address, expected) => {
    expect(set.has(address)).toBe(expected);
  });

  it('of nothing holds nobody', () => {
    const none = new AddressSet([]);
    expect(none.has('127.0.0.1')).toBe(false);
    expect(none.has('10.0.0.1')).toBe(false);
  });
});
