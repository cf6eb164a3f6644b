import type { GatewayConfig } from '../config/schema/gateway.schema.js';

/**
 * Pseudonym for Via: the configured one, or one of this process, so that chained gateways do not take each other for a
 * loop and the workers of one do.
 */
export function viaName(config: GatewayConfig, processName: string): string {
  return config.server.name ?? processName;
}
