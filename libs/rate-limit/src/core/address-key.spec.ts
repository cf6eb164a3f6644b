import { describe, expect, it } from '@jest/globals';
import { addressText, hashAddress } from './address-key.js';
import { KeyHash } from './key-hash.js';

const hash = new KeyHash();

function keyOf(address: string): string {
  hash.begin();
  hashAddress(hash, address);
  hash.end();
  return `${hash.high}/${hash.low}`;
}

describe('the address of a client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0::ffff', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
  ])('%s counts as %s', (address, text) => {
    expect(addressText(address)).toBe(text);
  });

  it.each(['', 'unknown', '1.2.3', '1.2.3.256', '1.2.3.4.5', '1.2.3.4 ', '01.2.3.', ':', ':::', '1::2::3', 'g::1'])(
    'counts as the text that it is when it is none: "%s"',
    (address) => {
      expect(addressText(address)).toBe(address);
    },
  );

  it.each([
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7',
    '12345::',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3',
    '1::2:',
    '1:2:3:4:5:6:7:8::',
  ])('is none: "%s"', (address) => {
    expect(addressText(address)).toBe(address);
  });

  it('is one client in one IPv6 network, however it is written, and another in the next', () => {
    expect(keyOf('2001:db8:1:2::1')).toBe(keyOf('2001:0DB8:1:2:ffff:ffff:ffff:ffff'));
    expect(keyOf('2001:db8:1:2::1')).not.toBe(keyOf('2001:db8:1:3::1'));
    expect(keyOf('::ffff:192.0.2.1')).toBe(keyOf('192.0.2.1'));
    expect(keyOf('192.0.2.1')).not.toBe(keyOf('192.0.2.2'));
  });
});
