import { describe, expect, it } from '@jest/globals';
import { jsonText } from './json-text.js';

const steering = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
];

describe('a text in JSON', () => {
  it.each(['', 'plain', '/a/b?c=d&e=%20', 'Grüße', '日本', '😀'])('is itself in quotes: %s', (text) => {
    expect(jsonText(text)).toBe(`"${text}"`);
  });

  it('comes back as it was, whatever is in it', () => {
    for (let code = 0; code < 0x3000; code++) {
      const text = `a${String.fromCharCode(code)}b`;
      expect(JSON.parse(jsonText(text))).toBe(text);
    }
    expect(JSON.parse(jsonText('"\\\ud800'))).toBe('"\\\ud800');
  });

  it('holds nothing that would end its line or steer a terminal', () => {
    for (const code of [...steering.filter((c) => c < 0xa0), 0x2028, 0x2029]) {
      const text = jsonText(String.fromCharCode(code));
      expect(text).toMatch(/^"[\x20-\x7e]+"$/);
    }
  });
});
