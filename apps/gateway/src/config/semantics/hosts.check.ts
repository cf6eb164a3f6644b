import type { RouteCheck, RouteProblem } from './semantic-check.js';

const NAME = /^(?:\*\.)?[a-z\d_](?:[a-z\d_-]*[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]*[a-z\d_])?)*$/i;
const ADDRESS_IN_BRACKETS = /^\[[\dA-Fa-f:.]+\]$/;

/** Hosts are compared without their port, and a wildcard stands for whole labels in front. */
export const checkHosts: RouteCheck = ({ match }) => {
  const seen = new Set<string>();
  return match.hosts.flatMap((host, index): RouteProblem[] => {
    const at = ['match', 'hosts', index];
    if (seen.has(host.toLowerCase())) return [{ at, message: 'is given twice' }];
    seen.add(host.toLowerCase());
    return NAME.test(host) || ADDRESS_IN_BRACKETS.test(host) ? [] : [{ at, ...explain(host) }];
  });
};

function explain(host: string): { message: string; hint?: string } {
  if (host === '*') return { message: 'is no host', hint: 'leave hosts empty to match all' };
  if (host.includes('://') || host.includes('/')) return { message: 'is no host', hint: 'give the name alone' };
  if (/:\d*$/.test(host)) return { message: 'holds a port', hint: 'hosts are matched without their port' };
  if (host.includes('*')) return { message: 'has a wildcard elsewhere than in front', hint: 'write *.example.com' };
  if (host.endsWith('.')) return { message: 'ends in a dot', hint: 'leave the dot away' };
  return { message: 'is no host', hint: 'names beyond ASCII are written in their xn-- form' };
}
