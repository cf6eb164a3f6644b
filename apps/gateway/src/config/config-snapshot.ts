import type { GatewayConfig } from './schema/gateway.schema.js';

/**
 * The configuration as the application sees it, and the token to inject it by: frozen, and never half of an old one and
 * half of a new one.
 */
export abstract class ConfigSnapshot {
  abstract readonly config: GatewayConfig;
  /** Short hash of the effective configuration. */
  abstract readonly revision: string;
  /** Absolute path of the file; null when there was none. */
  abstract readonly file: string | null;
  abstract readonly loadedAt: Date;
}
