import type { LoadedConfig } from '../config/index.js';
import type { GatewayOptions } from '../gateway.js';
import type { Logs } from '../telemetry/logs/logs.js';

/** What there is to start. */
export interface Startable extends Pick<GatewayOptions, 'stages' | 'imports'> {
  readonly loaded: LoadedConfig;
}

/** A gateway that serves, in one thread or in several. */
export interface Serving {
  readonly url: string;
  readonly managementUrl: string;
  readonly logs: Logs;
  /** Ends it. @returns true when everything that ran ended by itself */
  drain(): Promise<boolean>;
}
