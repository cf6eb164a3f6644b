import type { UpstreamClient } from '@app/upstream-client';
import type { PassiveHealth } from './passive-health.js';
import type { TargetStanding } from './target-standing.js';

/** One origin of an upstream, with what balancing needs to know of it. */
export class Target {
  /** What its traffic says; null when nobody listens. */
  passive: PassiveHealth | null = null;

  constructor(
    readonly origin: string,
    /** Authority for the Host field. */
    readonly authority: string,
    readonly weight: number,
    readonly client: UpstreamClient,
    /** What is known of it, by all workers. */
    readonly standing: TargetStanding,
  ) {}

  /** Exchanges under way. */
  get active(): number {
    return this.standing.active;
  }

  /** What the active check last concluded; true while nothing is known. */
  get healthy(): boolean {
    return this.standing.healthy;
  }

  /** Neither check speaks against it. */
  get fit(): boolean {
    return this.healthy && this.passive?.ejected !== true;
  }
}
