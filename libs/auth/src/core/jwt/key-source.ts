import type { Algorithm } from './algorithms.js';
import type { VerificationKey } from './verification-key.js';

/** Where the keys of an issuer come from. */
export interface KeySource {
  /** False before the first keys have come. */
  readonly ready: boolean;
  /** Keys that a token may be checked with; empty when there is none, which refetch() may change. */
  find(keyId: string | null, algorithm: Algorithm): readonly VerificationKey[];
  /** Looks for new keys. @returns null when that was done a moment ago, or never helps */
  refetch(): Promise<void> | null;
}

/** The one key that the configuration names. */
export class FixedKey implements KeySource {
  readonly ready = true;
  private readonly keys: readonly VerificationKey[];

  constructor(private readonly key: VerificationKey) {
    this.keys = [key];
  }

  find(keyId: string | null, algorithm: Algorithm): readonly VerificationKey[] {
    const { id } = this.key;
    const named = id === null || keyId === null || id === keyId;
    return named && this.key.fits(algorithm) ? this.keys : [];
  }

  refetch(): null {
    return null;
  }
}
