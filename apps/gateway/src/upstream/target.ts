import type { UpstreamClient } from './client/upstream-client.js';

/** One origin of an upstream, with what balancing needs to know of it. */
export class Target {
  /** Exchanges under way. */
  active = 0;
  /** What the active check last concluded; true while nothing is known. */
  healthy = true;

  constructor(
    readonly origin: string,
    /** Authority for the Host field. */
    readonly authority: string,
    readonly weight: number,
    readonly client: UpstreamClient,
  ) {}
}
