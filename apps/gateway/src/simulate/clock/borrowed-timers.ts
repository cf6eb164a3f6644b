import { Happening, type VirtualTime } from './virtual-time.js';

/** What `setTimeout` gives: as much of a timer of Node as the policies use. */
class VirtualTimer extends Happening {
  cancelled = false;

  constructor(private readonly ring: () => void) {
    super();
  }

  run(): void {
    if (!this.cancelled) this.ring();
  }

  unref(): this {
    return this;
  }
}

/**
 * Runs something whose timers are on virtual time. opossum takes no timers to use, and so the global ones are replaced
 * for as long as it takes: nothing else runs meanwhile, since what runs is synchronous.
 */
export function withTimersOf<T>(time: VirtualTime, run: () => T): T {
  const { setTimeout, clearTimeout } = globalThis;
  Object.assign(globalThis, {
    setTimeout(ring: () => void, delayMs: number): VirtualTimer {
      const timer = new VirtualTimer(ring);
      time.plan(timer, time.nowMs + delayMs);
      return timer;
    },
    clearTimeout(timer: VirtualTimer): void {
      timer.cancelled = true;
    },
  });
  try {
    return run();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
}
