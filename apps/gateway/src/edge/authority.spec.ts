import { describe, expect, it } from '@jest/globals';
import { hostOf } from './authority.js';

describe('the host of an authority', () => {
  it.each([
    ['example.com', 'example.com'],
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com:8080', 'example.com'],
    ['example.com.:8080', 'example.com'],
    ['example.com:', 'example.com'],
    ['192.0.2.1:80', '192.0.2.1'],
    ['[::1]', '[::1]'],
    ['[2001:DB8::1]:443', '[2001:db8::1]'],
    ['a_b-c.xn--bcher-kva.example', 'a_b-c.xn--bcher-kva.example'],
  ])('is lower-case and bare: %s gives %s', (authority, host) => {
    expect(hostOf(authority)).toBe(host);
  });

  it.each([
    '',
    '.',
    '..',
    'example.com..',
    'example..com',
    '.example.com',
    'example.com..:80',
    ':80',
    'user@example.com',
    'user:pass@example.com',
    'example.com:port',
    'example.com:123456',
    'example.com/',
    'example.com, other.example',
    'example.com,other.example',
    'ex%61mple.com',
    'example.com%00',
    'exam ple.com',
    '[::1',
    '::1',
    '[::1]x',
    'a"b',
    'a\\b',
    'a#b',
    'a?b',
    'b\xfccher.example',
    'a\n',
  ])('is null when the authority is malformed: %j', (authority) => {
    expect(hostOf(authority)).toBeNull();
  });
});
