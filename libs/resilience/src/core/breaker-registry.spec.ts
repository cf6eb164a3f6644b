import { describe, expect, it } from '@jest/globals';
import { BreakerRegistry } from './breaker-registry.js';

describe('breakers by name', () => {
  it('have the defaults of the gateway where nothing else is said', () => {
    const breakers = new BreakerRegistry({ plain: {}, own: { resetMs: 5, volumeThreshold: undefined } });
    const defaults = {
      failureRatePercent: 50,
      volumeThreshold: 20,
      windowMs: 10_000,
      resetMs: 30_000,
      halfOpenProbes: 1,
    };
    expect(breakers.all().map(({ name, settings }) => [name, settings])).toEqual([
      ['plain', defaults],
      ['own', { ...defaults, resetMs: 5 }],
    ]);
    breakers.stop();
  });
});
