import type { RequestContext } from '../../pipeline/contract/request-context.js';

/** As pino counts them. */
export const INFO = 30;
export const WARN = 40;
export const ERROR = 50;

/**
 * How much a request deserves to be read about. `error`: something behind the client failed (5xx, a reply that was cut).
 * `warn`: the gateway refused it, for a reason of the client, or the client left. `info`: everything else, what services
 * answer with 4xx included.
 */
export function levelOf({ status, problem, outcome }: RequestContext): number {
  if (outcome === 'cut') return ERROR;
  if (status >= 500) return problem?.type.fault === 'client' ? WARN : ERROR;
  return problem !== null || outcome === 'client-gone' ? WARN : INFO;
}
