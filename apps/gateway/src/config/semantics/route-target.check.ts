import { didYouMean } from '../nearest-name.js';
import type { GatewayConfig } from '../schema/gateway.schema.js';
import type { RouteCheck, RouteProblem } from './semantic-check.js';

const TARGETS = ['upstream', 'weighted', 'respond', 'redirect'] as const;

/** A route leads to exactly one place, and the place exists. */
export const checkRouteTarget: RouteCheck = (route, config) => {
  const given = TARGETS.filter((key) => route[key] !== undefined);
  if (given.length === 0) {
    return [{ at: [], message: 'leads nowhere', hint: `give it one of ${TARGETS.join(', ')}` }];
  }
  const problems: RouteProblem[] = given
    .slice(1)
    .map((key) => ({ at: [key], message: `stands beside ${given[0]}`, hint: `keep one of ${given.join(', ')}` }));
  if (route.upstream !== undefined) problems.push(...checkReference(route.upstream, ['upstream'], config));
  route.weighted?.forEach(({ upstream }, index) => {
    problems.push(...checkReference(upstream, ['weighted', index, 'upstream'], config));
  });
  if (route.weighted?.every(({ weight }) => weight === 0)) {
    problems.push({ at: ['weighted'], message: 'gives every upstream the weight 0, so that none gets a request' });
  }
  return problems;
};

function checkReference(name: string, at: readonly PropertyKey[], { upstreams }: GatewayConfig): RouteProblem[] {
  if (Object.hasOwn(upstreams, name)) return [];
  const names = Object.keys(upstreams);
  const hint = names.length === 0 ? 'there are no upstreams' : didYouMean(name, names);
  return [{ at, message: `no upstream is called ${JSON.stringify(name)}`, hint }];
}
