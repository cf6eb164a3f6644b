import type { BreakerSettings } from '../../../libs/resilience/src/core/breaker.js';
import type { Regions } from './common-memory.js';

/** What threads do to a breaker, a bulkhead and a retry budget that they share; the clock stands still. */
export interface ProtectionHammering {
  readonly regions: Regions;
  readonly nowMs: number;
  readonly settings: BreakerSettings;
  /** Calls of each thread. */
  readonly calls: number;
  /** How they end; null for calls that never do. */
  readonly failing: boolean | null;
  readonly concurrentMax: number;
  /** One word, for counting who is in the bulkhead. */
  readonly inside: SharedArrayBuffer;
}

/** What one thread has seen. */
export interface HammeredProtection {
  readonly admitted: number;
  readonly transitions: readonly string[];
  readonly mostInside: number;
  readonly retries: number;
}
