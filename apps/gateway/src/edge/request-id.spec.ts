import { describe, expect, it } from '@jest/globals';
import { isRequestId, newRequestId } from './request-id.js';

describe('a request id', () => {
  it('is new for every request, and of the form that is taken from others', () => {
    const ids = Array.from({ length: 1_000 }, newRequestId);
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every(isRequestId)).toBe(true);
  });

  it.each(['a', '0f8fad5b-d9cb-469f-a165-70867728950e', 'Root=1-67891233:abc/+=@._', 'x'.repeat(128)])(
    'of a trusted hop may be %s',
    (id) => {
      expect(isRequestId(id)).toBe(true);
    },
  );

  it.each(['', 'x'.repeat(129), 'a b', 'a\nb', 'a\n', '"a"', 'a,b', 'a;b', '<a>', 'é'])('may not be %j', (id) => {
    expect(isRequestId(id)).toBe(false);
  });
});
