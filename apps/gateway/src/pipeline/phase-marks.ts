import type { RequestContext } from './contract/request-context.js';
import type { Placed } from './pipeline.js';

/** Stages above admission: they take no time that anybody would ask for. */
const edge: ReadonlySet<string> = new Set(['cors', 'compression', 'header-rules', 'body-limit']);
/** Stages below the cache. */
const below: ReadonlySet<string> = new Set([
  'respond',
  'redirect',
  'choose-upstream',
  'bulkhead',
  'breaker',
  'retry',
  'forward',
]);

const admitted = {
  request(context: RequestContext): undefined {
    context.admittedAt = performance.now();
  },
};

const cachePassed = {
  request(context: RequestContext): undefined {
    context.cachePassedAt = performance.now();
  },
};

/**
 * Puts marks between the phases of a route that its requests are timed by: one where admission ends and one where the
 * cache does, where the route has them at all. A stage of a team's own counts as admission, above the cache.
 *
 * @param placed stages with a request hook, in order
 * @param names names of all stages of the route
 */
export function markPhases(placed: readonly Placed<'request'>[], names: readonly string[]): Placed<'request'>[] {
  const nameOf = ({ at }: Placed<'request'>): string => names[at];
  const cacheAt = placed.findIndex((stage) => nameOf(stage) === 'cache');
  const end = cacheAt >= 0 ? cacheAt : placed.findIndex((stage) => below.has(nameOf(stage)));
  const admits = placed.slice(0, Math.max(end, 0)).some((stage) => !edge.has(nameOf(stage)));
  if (!admits && cacheAt < 0) return [...placed];
  // A mark belongs to the stage above it: replies are made by stages.
  const mark = (hooks: typeof admitted, before: number): Placed<'request'> => ({
    at: before === 0 ? -1 : placed[before - 1].at,
    hooks,
  });
  const marked = [...placed.slice(0, end), mark(admitted, end)];
  if (cacheAt < 0) return [...marked, ...placed.slice(end)];
  return [...marked, placed[cacheAt], mark(cachePassed, cacheAt + 1), ...placed.slice(cacheAt + 1)];
}
