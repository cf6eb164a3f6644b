import { describe, expect, it } from '@jest/globals';
import { undisturbed } from './undisturbed.ts';

function tries(...othersBusyPercent: number[]) {
  let at = 0;
  return async () => ({ othersBusyPercent: othersBusyPercent[at], at: at++ });
}

describe('an undisturbed measurement', () => {
  it('is the first one when nobody else was busy', async () => {
    expect(await undisturbed(tries(1, 0))).toMatchObject({ at: 0 });
  });

  it('is repeated until one is quiet', async () => {
    expect(await undisturbed(tries(40, 2, 0))).toMatchObject({ at: 1 });
  });

  it('is the least disturbed of three when none is quiet', async () => {
    expect(await undisturbed(tries(40, 9, 30, 0))).toMatchObject({ at: 1 });
  });

  it('is the first one where the others cannot be seen', async () => {
    expect(await undisturbed(tries(NaN, 0))).toMatchObject({ at: 0 });
  });
});
