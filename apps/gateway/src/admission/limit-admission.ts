import type { Charge } from '@app/rate-limit';
import { ContextKey } from '../pipeline/contract/context-key.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { Verdict } from '../pipeline/contract/stage.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { LimitTeller, retryAfterS, type LimitFields } from './limit-fields.js';
import type { LimitPolicy } from './limit-policy.js';
import { LimitSet } from './limit-set.js';
import type { LimitStores } from './limit-stores.js';
import { limitsUndecided, requestOverLimit, requestOverShadowLimit, requestWithinLimits } from './rate-limit.events.js';

/** What a reply will tell about limits. */
export const limitFields = new ContextKey<LimitFields>('admission.limit-fields');

export interface LimitAdmissionOptions {
  /** Who is told about the limits. `replies` are told by the stage, from the context. */
  readonly tells: 'replies' | 'refusals' | 'nothing';
  /** Requests that are let through are counted here, and not by another stage below. */
  readonly counts: boolean;
  /** See LimitSet. */
  readonly slot: string;
}

/** Decides whether requests of one route are within their limits. Synchronous, unless Redis decides. */
export class LimitAdmission {
  private readonly set: LimitSet;
  private readonly teller: LimitTeller;
  private readonly tells: LimitAdmissionOptions['tells'];
  private readonly counts: boolean;
  /** What happens without a decision of Redis. */
  private readonly onFailure: 'allow' | 'deny' | 'local';
  /** The policies that go on in memory then, or null when all or none do. */
  private readonly local: LimitAdmission | null;

  constructor(
    private readonly stores: LimitStores,
    policies: readonly LimitPolicy[],
    options: LimitAdmissionOptions,
  ) {
    this.set = new LimitSet(policies, options.slot);
    this.teller = new LimitTeller(policies);
    this.tells = this.teller.silent ? 'nothing' : options.tells;
    this.counts = options.counts;
    const going = policies.filter(({ onStoreFailure }) => onStoreFailure === 'local');
    const denies = policies.some(({ onStoreFailure, shadow }) => onStoreFailure === 'deny' && !shadow);
    this.onFailure = denies ? 'deny' : going.length > 0 ? 'local' : 'allow';
    this.local =
      this.onFailure !== 'local' || going.length === policies.length
        ? null
        : new LimitAdmission(stores, going, options);
  }

  admit(context: RequestContext): Verdict | Promise<Verdict> {
    const { redis } = this.stores;
    if (redis === null) return this.admitInMemory(context);
    if (!redis.available) return this.admitWithoutDecision(context);
    const charges = this.set.named(context);
    const decision = redis.decide(charges);
    if (decision === null) return this.admitWithoutDecision(context);
    return decision.then((admitted) =>
      admitted === null ? this.admitWithoutDecision(context) : this.conclude(context, charges, admitted),
    );
  }

  /** What the policies are, and in memory also what is left to a request like this. Values of keys may be secret. */
  explain(context: RequestContext): Readonly<Record<string, unknown>> {
    const { memory, redis, hash } = this.stores;
    const charges = this.set.hashed(context, hash);
    memory.peek(charges);
    const policies = this.set.policies.map(({ name, parts, cost, shadow, onStoreFailure }, i) => {
      const { limit, remaining, refused } = charges[i];
      return {
        name,
        by: parts.map((part) => part.name),
        algorithm: limit.sliding ? 'sliding-window' : 'gcra',
        burst: limit.burst,
        windowS: limit.windowS,
        cost,
        shadow,
        ...(redis === null ? { remaining, refuses: refused && !shadow } : { onStoreFailure }),
      };
    });
    return { store: redis === null ? 'memory' : 'redis', policies };
  }

  private admitInMemory(context: RequestContext): Verdict {
    const { memory, hash } = this.stores;
    const charges = this.set.hashed(context, hash);
    return this.conclude(context, charges, memory.decide(charges));
  }

  private admitWithoutDecision(context: RequestContext): Verdict {
    context.events.emit(limitsUndecided, this.onFailure);
    switch (this.onFailure) {
      case 'local':
        return (this.local ?? this).admitInMemory(context);
      case 'deny':
        context.events.emit(requestOverLimit, context);
        return new Problem(problems.rateLimitUnavailable, { headers: ['retry-after', '1'] });
      case 'allow':
        if (this.counts) context.events.emit(requestWithinLimits, context);
        return undefined;
    }
  }

  private conclude(context: RequestContext, charges: readonly Charge[], admitted: boolean): Verdict {
    for (let i = 0; i < charges.length; i++) {
      if (charges[i].shadow && charges[i].refused) context.events.emit(requestOverShadowLimit, context);
    }
    if (this.tells === 'replies') context.set(limitFields, this.teller.tell(context, charges));
    if (admitted) {
      if (this.counts) context.events.emit(requestWithinLimits, context);
      return undefined;
    }
    context.events.emit(requestOverLimit, context);
    const headers = ['retry-after', String(retryAfterS(charges))];
    if (this.tells === 'refusals') this.teller.tell(context, charges).writeTo(headers);
    const violated = this.set.policies.flatMap(({ name, shadow }, i) => (charges[i].refused && !shadow ? [name] : []));
    return new Problem(problems.rateLimited, {
      headers,
      members: { 'violated-policies': violated },
    });
  }
}
