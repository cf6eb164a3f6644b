import type { Charge } from '@app/rate-limit';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { LimitPolicy } from './limit-policy.js';
import { variantFor } from './limit-set.js';

const US_PER_S = 1_000_000;

/** What a client is told about its limits (draft-ietf-httpapi-ratelimit-headers-11). */
export class LimitFields {
  constructor(
    readonly policy: string,
    readonly limit: string,
  ) {}

  writeTo(headers: string[]): void {
    headers.push('ratelimit-policy', this.policy, 'ratelimit', this.limit);
  }
}

/** Tells the limits of a route's policies. Policies that refuse nothing are nobody's business. */
export class LimitTeller {
  private readonly told: readonly number[];
  /** `RateLimit-Policy`, when it is the same for every request. */
  private readonly constant: string | null;

  constructor(private readonly policies: readonly LimitPolicy[]) {
    this.told = policies.flatMap(({ shadow }, i) => (shadow ? [] : [i]));
    const varies = policies.some(({ overrides, shadow }) => overrides !== null && !shadow);
    this.constant = varies ? null : this.told.map((i) => policies[i].normal.item).join(', ');
  }

  get silent(): boolean {
    return this.told.length === 0;
  }

  tell(context: RequestContext, charges: readonly Charge[]): LimitFields {
    const { told, policies } = this;
    let limit = '';
    for (let i = 0; i < told.length; i++) {
      const charge = charges[told[i]];
      if (i > 0) limit += ', ';
      limit += `"${policies[told[i]].name}";r=${charge.remaining};t=${windowS(charge)}`;
    }
    return new LimitFields(this.constant ?? this.items(context), limit);
  }

  private items(context: RequestContext): string {
    return this.told.map((i) => variantFor(this.policies[i], context).item).join(', ');
  }
}

/** Whole seconds after which what was refused is let through: exact for whoever waits them, and never a second too long. */
export function retryAfterS(charges: readonly Charge[]): number {
  let waitUs = 1;
  for (const charge of charges) if (charge.refused && !charge.shadow && charge.waitUs > waitUs) waitUs = charge.waitUs;
  return Math.ceil(waitUs / US_PER_S);
}

/** Seconds in which no more than what is left can be used; never later than Retry-After. */
function windowS({ refused, waitUs, nextUs }: Charge): number {
  return Math.ceil((refused ? waitUs : nextUs) / US_PER_S);
}
