import { Charge, keyText, type KeyHash } from '@app/rate-limit';
import { hashKey, keyParts, type KeySource } from './limit-key.js';
import type { LimitPolicy, LimitVariant } from './limit-policy.js';

/** Policies that are decided together. In memory all requests use the same charges, since each is decided at once. */
export class LimitSet {
  readonly charges: readonly Charge[];

  /** @param slot what keeps the keys of a request together in a cluster; the empty string when nothing has to */
  constructor(
    readonly policies: readonly LimitPolicy[],
    private readonly slot: string,
  ) {
    this.charges = policies.map(chargeFor);
  }

  /** Fills the charges in for a request, by hashes of its keys. */
  hashed(context: KeySource, hash: KeyHash): readonly Charge[] {
    const { policies, charges } = this;
    for (let i = 0; i < charges.length; i++) {
      const policy = policies[i];
      const charge = charges[i];
      if (policy.overrides !== null) {
        const variant = variantFor(policy, context);
        charge.limit = variant.limit;
        charge.policy = variant.number;
      }
      hashKey(hash, charge.policy, policy.parts, context);
      charge.high = hash.high;
      charge.low = hash.low;
    }
    return charges;
  }

  /** Charges of the request's own, by the names of its keys: whoever decides may take its time. */
  named(context: KeySource): readonly Charge[] {
    return this.policies.map((policy) => {
      const charge = chargeFor(policy);
      charge.limit = variantFor(policy, context).limit;
      charge.key = keyText(policy.id, keyParts(policy.parts, context), this.slot);
      return charge;
    });
  }
}

export function variantFor({ overrides, parts, normal }: LimitPolicy, context: KeySource): LimitVariant {
  if (overrides === null) return normal;
  return overrides.get(parts[0].read(context) ?? '') ?? normal;
}

function chargeFor({ normal, cost, shadow }: LimitPolicy): Charge {
  return new Charge(normal.number, normal.limit, cost, shadow);
}
