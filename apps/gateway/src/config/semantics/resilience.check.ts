import { formatPath } from '../config-path.js';
import type { SemanticCheck, RouteCheck } from './semantic-check.js';

const LONGEST_FIRST = [
  ['retry', 'baseMs', 'maxMs'],
  ['passiveHealth', 'ejectMs', 'ejectMaxMs'],
] as const;

/** Times that grow up to a maximum do not begin above it. */
export const checkResilience: SemanticCheck = ({ upstreams }) =>
  Object.entries(upstreams).flatMap(([name, upstream]) =>
    LONGEST_FIRST.flatMap(([section, first, most]) => {
      const times = upstream[section] as Readonly<Record<string, unknown>> | null;
      if (times === null || Number(times[first]) <= Number(times[most])) return [];
      return [
        {
          path: formatPath(['upstreams', name, section, first]),
          message: `is longer than ${most} (upstream "${name}")`,
        },
      ];
    }),
  );

/** A route can change how an upstream is retried, and not that it is. */
export const checkRouteRetry: RouteCheck = ({ retry, upstream, weighted }, { upstreams }) => {
  if (retry === undefined || retry === false) return [];
  const names = [...(upstream === undefined ? [] : [upstream]), ...(weighted ?? []).map((share) => share.upstream)];
  const known = names.filter((name) => Object.hasOwn(upstreams, name));
  if (known.length === 0 || known.some((name) => upstreams[name].retry !== null)) return [];
  const hint = `give upstream "${known[0]}" a retry of its own`;
  return [{ at: ['retry'], message: 'changes the retries of an upstream that has none', hint }];
};
