import { Limit, type MemoryStore } from '@app/rate-limit';
import type { RateLimitConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import { compileKeyPart, type KeyPart } from './limit-key.js';

export type PolicyConfig = RateLimitConfig['policies'][number];
type PreAuthConfig = NonNullable<RateLimitConfig['preAuth']>;
type LimitConfig = Pick<PolicyConfig, 'rps' | 'burst' | 'windowS'>;

/** A limit, as it applies to some keys of a policy. */
export interface LimitVariant {
  readonly limit: Limit;
  /** Number of the policy in memory. */
  readonly number: number;
  /** Its item in `RateLimit-Policy`. */
  readonly item: string;
}

/** A policy, ready for requests. */
export interface LimitPolicy {
  /** Unique among all, and the same in every gateway: part of the names of keys. */
  readonly id: string;
  readonly name: string;
  readonly parts: readonly KeyPart[];
  readonly normal: LimitVariant;
  /** By the value of the first part; null for none. */
  readonly overrides: ReadonlyMap<string, LimitVariant> | null;
  readonly cost: number;
  readonly shadow: boolean;
  readonly onStoreFailure: PolicyConfig['onStoreFailure'];
}

/** The policies that a route has for itself. */
export function policiesOf({ rateLimit }: RouteConfig): readonly PolicyConfig[] {
  if (rateLimit === undefined || rateLimit === false) return [];
  return 'length' in rateLimit ? rateLimit : [rateLimit];
}

/** @param scope of the policy: `all`, or the route that it belongs to */
export function compilePolicy(
  scope: string,
  config: PolicyConfig | PreAuthConfig,
  { defaults }: RateLimitConfig,
  memory: MemoryStore,
): LimitPolicy {
  const { name = 'default', algorithm, cost, shadow, onStoreFailure } = config;
  const by = 'by' in config ? config.by : 'ip';
  const id = `${scope}/${name}`;
  const variant = (limit: LimitConfig, numbered: string): LimitVariant => {
    const built = new Limit({ algorithm, ...burstAndWindow(limit, defaults) });
    return {
      limit: built,
      number: memory.policyNumber(numbered, built),
      item: `"${name}";q=${built.burst};w=${built.windowS}`,
    };
  };
  const overrides = 'overrides' in config ? Object.entries(config.overrides) : [];
  return {
    id,
    name,
    parts: (typeof by === 'string' ? [by] : by).map(compileKeyPart),
    normal: variant(config, id),
    overrides:
      overrides.length === 0
        ? null
        : new Map(overrides.map(([value, over]) => [value, variant(overridden(config, over), `${id}/${value}`)])),
    cost,
    shadow,
    onStoreFailure,
  };
}

/** `rps` and `windowS` say the same thing, so that one of an override replaces either of the policy. */
function overridden(policy: LimitConfig, over: LimitConfig): LimitConfig {
  const speed = over.rps === undefined && over.windowS === undefined ? policy : over;
  return { burst: over.burst ?? policy.burst, rps: speed.rps, windowS: speed.windowS };
}

function burstAndWindow(
  { rps, burst, windowS }: LimitConfig,
  defaults: RateLimitConfig['defaults'],
): { readonly burst: number; readonly windowMs: number } {
  const most = burst ?? defaults.burst;
  return { burst: most, windowMs: windowS === undefined ? (most * 1_000) / (rps ?? defaults.rps) : windowS * 1_000 };
}
