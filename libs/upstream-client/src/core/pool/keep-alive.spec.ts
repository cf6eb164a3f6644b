import { describe, expect, it } from '@jest/globals';
import { CoarseDeadlines } from '../deadlines/coarse-deadlines.js';
import { KeepAlive } from './keep-alive.js';

describe('KeepAlive', () => {
  const deadlines = new CoarseDeadlines();
  const keepAlive = new KeepAlive(deadlines, 60_000);
  deadlines.stop();

  it.each([
    [-1, 60_000],
    [5, 4_000],
    [61, 60_000],
    [600, 60_000],
    [2, 1_000],
    [1, 0],
    [0, 0],
  ])('takes a second less than the upstream gives, and never more than its own: %d s', (seconds, ms) => {
    expect(keepAlive.idleTimeMs(seconds)).toBe(ms);
  });

  it.each([
    [60_000, 60_000],
    [59_000, 45_000],
    [4_000, 4_000],
    [7_000, 5_000],
    [1_000, 1_000],
  ])('looks after %d ms in one of few queues', (idleMs, queueMs) => {
    expect(keepAlive.line(idleMs)?.timeoutMs).toBe(queueMs);
  });
});
