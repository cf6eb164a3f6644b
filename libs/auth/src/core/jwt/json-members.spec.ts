import { describe, expect, it } from '@jest/globals';
import { hasPlainMembers } from './json-members.js';

describe('members of JSON', () => {
  it.each([
    '{}',
    '[]',
    '1',
    '"a"',
    '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}',
    '{"a":"a","b":"a"}',
    '{"a":["b","b","b"],"b":["a","a"]}',
    '{"a":"\\"b\\":1,","b":1}',
    '{"a":"\\\\","b":"\\\\"}',
    '{"a\\"":1,"a":2}',
    '{"__proto__":1,"constructor":2}',
    ' { "a" : [ { } , "a" ] , "b" : "a" } ',
  ])('are plain in %s', (text) => {
    JSON.parse(text);
    expect(hasPlainMembers(text, 4)).toBe(true);
  });

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":{},"a":1}',
    '{"a":[],"a":[]}',
    '{"x":{"a":1,"a":2}}',
    '[{"a":1},{"a":1,"a":1}]',
    '{"a":1,"\\u0061":1}',
    '{"\\u005f_proto__":1,"__proto__":1}',
    '{"a\\"":1,"a\\u0022":2}',
    '{"":1,"":2}',
    '[[[[[]]]]]',
    '{"a":{"a":{"a":{"a":{}}}}}',
  ])('are not in %s', (text) => {
    JSON.parse(text);
    expect(hasPlainMembers(text, 4)).toBe(false);
  });
});
