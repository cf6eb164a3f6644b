/** Metadata of the breaker that a handler or controller stands behind. */
export const BREAKER_NAME = 'sluice:breaker';
