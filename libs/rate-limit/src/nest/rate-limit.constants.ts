/** Token of the options of RateLimitModule. */
export const RATE_LIMIT_OPTIONS = Symbol('sluice.rate-limit.options');
