import { randomBytes } from 'node:crypto';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';

/** Pseudonym for Via: the configured one, or a new one, so that chained gateways do not take each other for a loop. */
export function viaName(config: GatewayConfig): string {
  return config.server.name ?? `sluice-${randomBytes(4).toString('hex')}`;
}
