import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Breaker, REFUSED, type BreakerSettings, type BreakerTransition } from './breaker.js';

const settings: BreakerSettings = {
  failureRatePercent: 50,
  volumeThreshold: 4,
  windowMs: 1_000,
  resetMs: 5_000,
  halfOpenProbes: 1,
};

let told: BreakerTransition[];

beforeEach(() => {
  jest.useFakeTimers();
  told = [];
});

afterEach(() => {
  jest.useRealTimers();
});

function breakerOf(more: Partial<BreakerSettings> = {}): Breaker {
  const all = { ...settings, ...more };
  return new Breaker(
    'b',
    all,
    (transition) => told.push(transition),
    () => Date.now(),
  );
}

function run(breaker: Breaker, ...outcomes: ('ok' | 'bad' | 'gone')[]): void {
  for (const outcome of outcomes) {
    const pass = breaker.enter();
    if (outcome === 'gone') breaker.forgo(pass);
    else breaker.leave(pass, outcome === 'bad');
  }
}

describe('a closed breaker', () => {
  it('opens when the window holds enough calls and enough of them failed', () => {
    const breaker = breakerOf();
    run(breaker, 'bad', 'bad', 'bad');
    expect(breaker.state).toBe('closed');
    run(breaker, 'bad');
    expect(breaker.state).toBe('open');
    expect(told).toEqual([{ name: 'b', from: 'closed', to: 'open', forced: false }]);
  });

  it('stays closed below the rate', () => {
    const breaker = breakerOf();
    run(breaker, 'ok', 'ok', 'ok', 'bad', 'bad');
    expect(breaker.state).toBe('closed');
    expect(breaker.counts).toEqual({ total: 5, failed: 2 });
  });

  it('does not count calls that say nothing', () => {
    const breaker = breakerOf();
    run(breaker, 'gone', 'gone', 'gone', 'gone', 'bad');
    expect(breaker.counts).toEqual({ total: 1, failed: 1 });
  });

  it('forgets what is older than the window', () => {
    const breaker = breakerOf();
    run(breaker, 'bad', 'bad', 'bad');
    jest.advanceTimersByTime(1_000);
    run(breaker, 'bad');
    expect(breaker.state).toBe('closed');
    expect(breaker.counts).toEqual({ total: 1, failed: 1 });
  });

  it('counts a success that is revoked as a failure', () => {
    const breaker = breakerOf();
    for (let i = 0; i < 4; i++) {
      const pass = breaker.enter();
      breaker.leave(pass, false);
      breaker.revoke(pass);
    }
    expect(breaker.state).toBe('open');
  });
});

describe('an open breaker', () => {
  it('refuses, and tells how long', () => {
    const breaker = breakerOf();
    run(breaker, 'bad', 'bad', 'bad', 'bad');
    expect(breaker.enter()).toBe(REFUSED);
    expect(breaker.admits).toBe(false);
    jest.advanceTimersByTime(1_500);
    expect(breaker.retryInMs).toBe(3_500);
  });

  it('is not moved by calls that began before it opened', () => {
    const breaker = breakerOf();
    const early = breaker.enter();
    run(breaker, 'bad', 'bad', 'bad', 'bad');
    breaker.leave(early, false);
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(5_000);
    expect(breaker.state).toBe('half-open');
    breaker.leave(early, false);
    breaker.leave(early, true);
    expect(breaker.state).toBe('half-open');
  });
});

describe('a half-open breaker', () => {
  function halfOpen(more: Partial<BreakerSettings> = {}): Breaker {
    const breaker = breakerOf(more);
    run(breaker, 'bad', 'bad', 'bad', 'bad');
    jest.advanceTimersByTime(5_000);
    expect(breaker.state).toBe('half-open');
    return breaker;
  }

  it('lets its probes through and refuses the others', () => {
    const breaker = halfOpen({ halfOpenProbes: 2 });
    expect(breaker.enter()).not.toBe(REFUSED);
    expect(breaker.enter()).not.toBe(REFUSED);
    expect(breaker.enter()).toBe(REFUSED);
  });

  it('closes when all its probes have succeeded, with an empty window', () => {
    const breaker = halfOpen({ halfOpenProbes: 2 });
    run(breaker, 'ok');
    expect(breaker.state).toBe('half-open');
    run(breaker, 'ok');
    expect(breaker.state).toBe('closed');
    expect(breaker.counts).toEqual({ total: 0, failed: 0 });
  });

  it('opens again at the first failure, for the whole time', () => {
    const breaker = halfOpen({ halfOpenProbes: 2 });
    run(breaker, 'ok', 'bad');
    expect(breaker.state).toBe('open');
    expect(breaker.retryInMs).toBe(5_000);
  });

  it('has a place again when a probe leaves without a result', () => {
    const breaker = halfOpen();
    const pass = breaker.enter();
    expect(breaker.admits).toBe(false);
    breaker.forgo(pass);
    expect(breaker.admits).toBe(true);
    run(breaker, 'ok');
    expect(breaker.state).toBe('closed');
  });

  it('lets another probe through when those under way have no result after its time', () => {
    const breaker = halfOpen();
    const stuck = breaker.enter();
    jest.advanceTimersByTime(4_999);
    expect(breaker.enter()).toBe(REFUSED);
    jest.advanceTimersByTime(1);
    expect(breaker.enter()).not.toBe(REFUSED);
    expect(breaker.enter()).toBe(REFUSED);
    breaker.forgo(stuck);
    expect(breaker.enter()).toBe(REFUSED);
  });

  it('opens again when a probe that had succeeded is revoked', () => {
    const breaker = halfOpen({ halfOpenProbes: 2 });
    const pass = breaker.enter();
    breaker.leave(pass, false);
    breaker.revoke(pass);
    expect(breaker.state).toBe('open');
  });
});

describe('an order', () => {
  it('holds a breaker open beyond its time', () => {
    const breaker = breakerOf();
    breaker.force('open');
    jest.advanceTimersByTime(60_000);
    expect([breaker.state, breaker.forced, breaker.retryInMs]).toEqual(['open', 'open', 5_000]);
    expect(told).toEqual([{ name: 'b', from: 'closed', to: 'open', forced: true }]);
  });

  it('holds a breaker closed whatever fails', () => {
    const breaker = breakerOf();
    breaker.force('closed');
    run(breaker, 'bad', 'bad', 'bad', 'bad', 'bad');
    expect(breaker.state).toBe('closed');
    breaker.force(null);
    expect(breaker.counts).toEqual({ total: 0, failed: 0 });
    run(breaker, 'bad', 'bad', 'bad', 'bad');
    expect(breaker.state).toBe('open');
  });

  it('that is taken back from an open breaker lets it try after its whole time', () => {
    const breaker = breakerOf();
    breaker.force('open');
    jest.advanceTimersByTime(4_000);
    breaker.force(null);
    expect([breaker.state, breaker.retryInMs]).toEqual(['open', 5_000]);
    jest.advanceTimersByTime(4_999);
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(1);
    expect(breaker.state).toBe('half-open');
  });
});

describe('a breaker that nobody calls', () => {
  it('has no timer', () => {
    breakerOf();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('has none any more when it is stopped', () => {
    const breaker = breakerOf();
    breaker.force('open');
    expect(jest.getTimerCount()).toBe(1);
    breaker.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});
