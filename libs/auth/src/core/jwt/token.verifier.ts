import { algorithmOf, type Algorithm, type AlgorithmName } from './algorithms.js';
import { claimFault, type ClaimRules } from './claim-rules.js';
import { freezeClaims } from './freeze-claims.js';
import type { KeySource } from './key-source.js';
import { parseMembers, readToken, type Claims, type ReadToken } from './read-token.js';
import type { TokenFault } from './token-fault.js';
import { TokenMemory, type MemoryLimits } from './token.memory.js';
import type { VerificationKey } from './verification-key.js';

export interface TokenRules extends ClaimRules {
  /** Algorithms that are taken, whatever the key could do. */
  readonly algorithms: readonly AlgorithmName[];
  /** Values of `typ` that are taken, without `application/`; a token without `typ` is taken too. */
  readonly types: readonly string[];
  /** Longest token, in bytes. */
  readonly tokenBytesMax: number;
  readonly memory: MemoryLimits;
}

/** Rules of which all but the algorithms may be left out. What is left out is as the configuration of the gateway has it. */
export type GivenTokenRules = Pick<TokenRules, 'algorithms'> & Partial<TokenRules>;

function completed({
  algorithms,
  types = ['JWT', 'at+jwt'],
  tokenBytesMax = 8_192,
  issuer = null,
  audiences = [],
  leewayS = 30,
  expiryRequired = true,
  lifetimeMaxS = 31_536_000,
  memory = { entriesMax: 10_000, bytesMax: 33_554_432 },
}: GivenTokenRules): TokenRules {
  return { algorithms, types, tokenBytesMax, issuer, audiences, leewayS, expiryRequired, lifetimeMaxS, memory };
}

/** Longest time that a token without `exp` is remembered, in milliseconds. */
const TIMELESS_MS = 600_000;

/**
 * Verifies tokens of one issuer, synchronously. One that was found good is remembered until it expires or its key is
 * taken away, and then costs one look-up.
 */
export class TokenVerifier<T extends object> {
  private readonly memory: TokenMemory<T>;
  private readonly algorithms: ReadonlyMap<string, Algorithm>;
  private readonly types: ReadonlySet<string>;
  private readonly rules: TokenRules;

  /**
   * @param given what tokens must be; without `issuer` and `audiences` it takes those that were made for others too
   * @param describe makes of proven claims what verify() gives; done once for a token that is remembered
   * @param now milliseconds since 1970
   */
  constructor(
    given: GivenTokenRules,
    private readonly keys: KeySource,
    private readonly describe: (claims: Claims) => T,
    private readonly now: () => number = Date.now,
  ) {
    this.rules = completed(given);
    const { memory, algorithms, types } = this.rules;
    this.memory = new TokenMemory(memory);
    this.algorithms = new Map(algorithms.map((name) => [name, algorithmOf(name)]));
    this.types = new Set(types.map((type) => type.toLowerCase()));
  }

  /** Tokens that are remembered. */
  get remembered(): number {
    return this.memory.size;
  }

  /** @returns what `describe` made of the claims, or why the token is refused */
  verify(token: string): T | TokenFault {
    const nowMs = this.now();
    return this.memory.recall(token, nowMs) ?? this.prove(token, nowMs);
  }

  /** Looks for new keys, after `key-unknown` or `keys-unavailable`. @returns null when that cannot help now */
  refetch(): Promise<void> | null {
    return this.keys.refetch();
  }

  private prove(token: string, nowMs: number): T | TokenFault {
    const { rules, keys } = this;
    if (token.length > rules.tokenBytesMax) return 'too-large';
    const read = readToken(token, this.types);
    if (typeof read === 'string') return read;
    const algorithm = this.algorithms.get(read.algorithm);
    if (algorithm === undefined) return 'algorithm';
    if (!keys.ready) return 'keys-unavailable';
    const candidates = keys.find(read.keyId, algorithm);
    if (candidates.length === 0) return 'key-unknown';
    const key = signer(candidates, algorithm, read);
    if (key === null) return 'signature';
    const claims = parseMembers(read.payload);
    if (claims === null) return 'malformed';
    const fault = claimFault(claims, rules, Math.floor(nowMs / 1000));
    if (fault !== null) return fault;
    const value = this.describe(freezeClaims(claims));
    this.memory.remember(token, value, this.untilOf(claims, nowMs), key);
    return value;
  }

  private untilOf(claims: Claims, nowMs: number): number {
    // claimFault() has found it to be a whole number, where there is one.
    return typeof claims.exp === 'number' ? (claims.exp + this.rules.leewayS) * 1000 : nowMs + TIMELESS_MS;
  }
}

function signer(
  candidates: readonly VerificationKey[],
  algorithm: Algorithm,
  { signed, signature }: ReadToken,
): VerificationKey | null {
  for (const key of candidates) {
    if (key.verifies(algorithm, signed, signature)) return key;
  }
  return null;
}
