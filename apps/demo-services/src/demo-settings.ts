import { DEFAULT_JWT_SECRET } from './auth/token.js';
import { SERVICE_NAMES, type ServiceName } from './service/service-name.js';

const DEFAULT_PORTS: Record<ServiceName, number> = { users: 9001, auth: 9002, tenants: 9003, notifications: 9004 };

export interface DemoServicesOptions {
  /** Ports to listen on; 0 picks a free one. Default: `DEMO_<SERVICE>_PORT`, else 9001 to 9004. */
  ports?: Partial<Record<ServiceName, number>>;
  /** Address to listen on. Default: 127.0.0.1. */
  host?: string;
  /** Secret that signs tokens (HS256). Default: `JWT_SECRET`, else a secret that everybody knows. */
  jwtSecret?: string;
  /** Time that running requests get to finish after `close()`, in milliseconds. Default: 5000. */
  drainTimeoutMs?: number;
}

export interface DemoSettings {
  ports: Record<ServiceName, number>;
  host: string;
  jwtSecret: string;
  drainTimeoutMs: number;
}

/** A setting that cannot be used. The message says which, and what would do. */
export class DemoSettingsError extends Error {}

/** Options win over the environment, and that over the defaults. Throws {@link DemoSettingsError}. */
export function demoSettings(options: DemoServicesOptions, env: NodeJS.ProcessEnv): DemoSettings {
  const ports = { ...DEFAULT_PORTS };
  for (const name of SERVICE_NAMES) ports[name] = options.ports?.[name] ?? portFrom(env, name) ?? ports[name];
  return {
    ports,
    host: options.host ?? '127.0.0.1',
    // An empty variable counts as unset: that is what `JWT_SECRET=` in a compose file means.
    jwtSecret: options.jwtSecret || env.JWT_SECRET || DEFAULT_JWT_SECRET,
    drainTimeoutMs: options.drainTimeoutMs ?? 5000,
  };
}

/** The variable that sets the port of a service. */
export function portVariable(name: ServiceName): string {
  return `DEMO_${name.toUpperCase()}_PORT`;
}

function portFrom(env: NodeJS.ProcessEnv, name: ServiceName): number | undefined {
  const text = env[portVariable(name)];
  if (!text) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new DemoSettingsError(`${portVariable(name)} is "${text}": it takes a port from 0 to 65535.`);
}
