import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

describe('slots', () => {
  it('go to values as they come, and then to `other`', () => {
    const slots = new Slots(3);
    const given = [200, 404, 500, 200].map((value) => slots.name(slots.of(value)));
    expect(given).toEqual(['200', '404', 'other', '200']);
  });

  it('are kept for the values that were known before', () => {
    const slots = new Slots(4, [200]);
    for (let status = 600; status < 700; status++) slots.of(status);
    expect(slots.name(slots.of(200))).toBe('200');
    expect(slots.name(slots.of(699))).toBe('other');
  });
});
