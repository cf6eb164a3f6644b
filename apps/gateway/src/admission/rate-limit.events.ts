import { EventKey } from '../pipeline/contract/events.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';

/** A request is within all its limits. */
export const requestWithinLimits = new EventKey<RequestContext>('admission.request-within-limits');
/** A request was refused, since it exceeds a limit or since limits could not be checked. */
export const requestOverLimit = new EventKey<RequestContext>('admission.request-over-limit');
/** A policy in shadow would have refused a request. */
export const requestOverShadowLimit = new EventKey<RequestContext>('admission.request-over-shadow-limit');
/** Redis gave no decision about a request; tells what the policies did instead, the strictest of them. */
export const limitsUndecided = new EventKey<'allow' | 'deny' | 'local'>('admission.limits-undecided');
