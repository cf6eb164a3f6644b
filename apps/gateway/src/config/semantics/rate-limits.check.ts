import { formatPath } from '../config-path.js';
import type { RateLimitConfig, RouteConfig } from '../schema/gateway.schema.js';
import type { RouteCheck, RouteProblem, SemanticCheck } from './semantic-check.js';

type Policy = RateLimitConfig['policies'][number];
type LimitKeys = Pick<Policy, 'rps' | 'burst' | 'windowS'>;
type Defaults = RateLimitConfig['defaults'];

/** In which a limit has to recover: longer ones would outlast what the clocks can count. */
const WINDOW_S_MAX = 2_678_400;

/** Each policy of a route can let requests through, and its name is its own. */
export const checkRouteLimits: RouteCheck = (route, { rateLimit }) => {
  if (route.rateLimit === undefined || route.rateLimit === false) return [];
  const list = 'length' in route.rateLimit;
  const policies = policiesOf(route);
  const taken = new Set(rateLimit.policies.flatMap(({ name }) => name ?? []));
  return policies.flatMap((policy, index) => {
    const at = list ? ['rateLimit', index] : ['rateLimit'];
    return checkName(policy, taken, at, policies.length > 1).concat(checkPolicy(policy, rateLimit.defaults, at));
  });
};

/** The same for what holds on all routes, and limits have somewhere to be counted. */
export const checkGlobalLimits: SemanticCheck = ({ rateLimit, redis }) => {
  const { policies, preAuth, defaults, store } = rateLimit;
  const taken = new Set<string>();
  const problems: RouteProblem[] = policies.flatMap((policy, index) => {
    const at = ['rateLimit', 'policies', index];
    return checkName(policy, taken, at, true).concat(checkPolicy(policy, defaults, at));
  });
  if (preAuth !== null) problems.push(...checkLimit(preAuth, preAuth.cost, defaults, ['rateLimit', 'preAuth']));
  if (store === 'redis' && redis.url === null) {
    problems.push({ at: ['rateLimit', 'store'], message: 'is "redis", and `redis.url` is not set' });
  }
  return problems.map(({ at, message, hint }) => ({ path: formatPath(at), message, hint }));
};

function policiesOf({ rateLimit }: RouteConfig): readonly Policy[] {
  if (rateLimit === undefined || rateLimit === false) return [];
  return 'length' in rateLimit ? rateLimit : [rateLimit];
}

function checkName({ name }: Policy, taken: Set<string>, at: readonly PropertyKey[], several: boolean): RouteProblem[] {
  if (name === undefined) {
    return several ? [{ at, message: 'needs a `name`', hint: 'several policies are told apart by their names' }] : [];
  }
  if (taken.has(name)) return [{ at: [...at, 'name'], message: `is the name of another policy, "${name}"` }];
  taken.add(name);
  return [];
}

function checkPolicy(policy: Policy, defaults: Defaults, at: readonly PropertyKey[]): RouteProblem[] {
  const { by, cost, overrides } = policy;
  const problems = checkLimit(policy, cost, defaults, at);
  if (typeof by !== 'string' && new Set(by).size < by.length) {
    problems.push({ at: [...at, 'by'], message: 'names a part twice' });
  }
  for (const [value, over] of Object.entries(overrides)) {
    const inherits = over.rps === undefined && over.windowS === undefined ? policy : over;
    const limit = { burst: over.burst ?? policy.burst, rps: inherits.rps, windowS: inherits.windowS };
    const found = checkLimit(limit, cost, defaults, [...at, 'overrides', value]);
    // What is wrong with the policy itself is said there.
    if (over.rps !== undefined || over.windowS !== undefined || over.burst !== undefined) problems.push(...found);
  }
  return problems;
}

function checkLimit(
  { rps, burst, windowS }: LimitKeys,
  cost: number,
  defaults: Defaults,
  at: readonly PropertyKey[],
): RouteProblem[] {
  const problems: RouteProblem[] = [];
  const most = burst ?? defaults.burst;
  if (rps !== undefined && windowS !== undefined) {
    problems.push({ at, message: 'has both `rps` and `windowS`', hint: 'they say the same thing; keep one' });
  }
  if (cost > most) {
    problems.push({ at, message: `has a cost of ${cost} above its burst of ${most}: no request would be let through` });
  }
  if (windowS === undefined && most / (rps ?? defaults.rps) > WINDOW_S_MAX) {
    problems.push({ at, message: 'takes longer than 31 days to recover', hint: 'lower `burst` or raise `rps`' });
  }
  return problems;
}
