import { randomBytes } from 'node:crypto';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';

const perProcess = `sluice-${randomBytes(4).toString('hex')}`;

/** Pseudonym for Via: the configured one, or one of this process, so that chained gateways do not take each other for a loop. */
export function viaName(config: GatewayConfig): string {
  return config.server.name ?? perProcess;
}
