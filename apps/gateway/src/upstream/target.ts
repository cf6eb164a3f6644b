import type { UpstreamClient } from '@app/upstream-client';
import type { PassiveHealth } from './passive-health.js';

/** One origin of an upstream, with what balancing needs to know of it. */
export class Target {
  /** Exchanges under way. */
  active = 0;
  /** What the active check last concluded; true while nothing is known. */
  healthy = true;
  /** What its traffic says; null when nobody listens. */
  passive: PassiveHealth | null = null;

  constructor(
    readonly origin: string,
    /** Authority for the Host field. */
    readonly authority: string,
    readonly weight: number,
    readonly client: UpstreamClient,
  ) {}

  /** Neither check speaks against it. */
  get fit(): boolean {
    return this.healthy && this.passive?.ejected !== true;
  }
}
