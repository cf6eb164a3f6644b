/** Where the control plane is served. A route cannot lie there as long as both share one port. */
export const MANAGEMENT_PATHS = ['/health', '/ready', '/metrics', '/docs', '/admin', '/debug', '/console'] as const;
