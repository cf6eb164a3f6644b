import { addressText, hashAddress, type KeyHash } from '@app/rate-limit';
import type { RequestContext } from '../pipeline/contract/request-context.js';

/** What of a request the keys of its limits are made from. */
export type KeySource = Pick<RequestContext, 'identity'> & {
  readonly head: Pick<RequestContext['head'], 'clientAddress' | 'field'>;
  readonly route: Pick<RequestContext['route'], 'id'>;
};

/** One part of what has a limit of its own, as `by` names it. */
export interface KeyPart {
  /** As the configuration writes it. */
  readonly name: string;
  /** The address counts by its network, not as text. */
  readonly isAddress: boolean;
  /** What the request has there; undefined or empty when it has nothing. */
  read(context: KeySource): string | undefined;
}

/** Words that go before a part, so that what is there never reads like the address that stands in for it. */
const PRESENT = 1;
const MISSING = 2;

export function compileKeyPart(part: string): KeyPart {
  if (part === 'ip') return { name: part, isAddress: true, read: ({ head }) => head.clientAddress };
  return { name: part, isAddress: false, read: readerOf(part) };
}

function readerOf(part: string): KeyPart['read'] {
  switch (part) {
    case 'tenant':
      return ({ identity }) => identity?.tenant;
    case 'user':
      return ({ identity }) => identity?.subject;
    case 'api-key':
      return ({ identity }) => identity?.apiKey;
    case 'route':
      return ({ route }) => route.id;
    default: {
      const name = part.slice(part.indexOf(':') + 1);
      if (part.startsWith('claim:')) return ({ identity }) => claimText(identity?.claims[name]);
      const field = name.toLowerCase();
      return ({ head }) => head.field(field);
    }
  }
}

/** Lists and objects name nobody. */
function claimText(claim: unknown): string | undefined {
  return typeof claim === 'string' || typeof claim === 'number' || typeof claim === 'boolean'
    ? String(claim)
    : undefined;
}

/** Feeds the key of a request into a hash, part by part. */
export function hashKey(hash: KeyHash, policy: number, parts: readonly KeyPart[], context: KeySource): void {
  hash.begin();
  hash.word(policy);
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part.isAddress) {
      hashAddress(hash, context.head.clientAddress);
      continue;
    }
    const value = part.read(context);
    if (value === undefined || value === '') {
      hash.word(MISSING);
      hashAddress(hash, context.head.clientAddress);
    } else {
      hash.word(PRESENT);
      hash.text(value);
    }
  }
  hash.end();
}

/** The same key as texts, for a name that several gateways share. */
export function keyParts(parts: readonly KeyPart[], context: KeySource): string[] {
  return parts.map((part) => {
    const value = part.read(context);
    if (part.isAddress || value === undefined || value === '') {
      return (part.isAddress ? '' : '-') + addressText(context.head.clientAddress);
    }
    return `=${value}`;
  });
}
