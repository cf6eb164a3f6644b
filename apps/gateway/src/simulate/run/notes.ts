import { policiesOf } from '../../admission/limit-policy.js';
import type { GatewayConfig, RouteConfig } from '../../config/schema/gateway.schema.js';

/** Says what the routes have and the simulation leaves out, so that nobody takes it for the whole gateway. */
export function notesOn({ redis, rateLimit, upstreams }: GatewayConfig, routes: readonly RouteConfig[]): string[] {
  const notes: string[] = [];
  const having = (has: (route: RouteConfig) => boolean): string =>
    routes.flatMap((route) => (has(route) ? [route.id] : [])).join(', ');
  const limited = having(
    (route) => route.rateLimit !== false && policiesOf(route).length + rateLimit.policies.length > 0,
  );
  if (rateLimit.enabled && limited !== '' && redis.url !== null && rateLimit.store !== 'memory') {
    notes.push('limits are counted in memory, as they are on Redis, which is never late here');
  }
  const cached = having(({ cache }) => cache !== undefined);
  if (cached !== '') notes.push(`nothing is cached, so that every request goes to its upstream (${cached})`);
  const known = having(({ auth }) => auth !== undefined);
  if (known !== '') notes.push(`callers are who they say they are, and may do what they ask for (${known})`);
  const judged = Object.entries(upstreams)
    .filter(([name]) => routes.some((route) => uses(route, name)))
    .flatMap(([name, { passiveHealth, healthCheck }]) =>
      passiveHealth === null && healthCheck === null ? [] : [name],
    );
  if (judged.length > 0) notes.push(`targets are not told apart, and none is left out (${judged.join(', ')})`);
  return notes;
}

function uses({ upstream, weighted = [] }: RouteConfig, name: string): boolean {
  return upstream === name || weighted.some((share) => share.upstream === name);
}
