/** The four services, in the order they are printed. */
export const SERVICE_NAMES = ['users', 'auth', 'tenants', 'notifications'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];
