import { describe, expect, it } from '@jest/globals';
import { RestartPause } from './restart-pause.js';

describe('the pause before a worker is replaced', () => {
  it('is none at first, and doubles with each end soon after a start, up to half a minute', () => {
    const pause = new RestartPause();
    const pauses = Array.from({ length: 10 }, () => pause.next(100));
    expect(pauses).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is none again when the last one has lived', () => {
    const pause = new RestartPause();
    for (let at = 0; at < 5; at++) pause.next(100);
    expect([pause.next(10_000), pause.next(10_000), pause.next(100), pause.next(100)]).toEqual([0, 0, 0, 500]);
  });
});
