import type { AddressInfo } from 'node:net';
import { parseConfigObject, type ConfigObject } from '../../apps/gateway/src/config/index.js';
import { withClient } from './chosen-client.js';
import { Gateway, checksFor, type GatewayOptions } from '../../apps/gateway/src/gateway.js';

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly port: number;
  /** Ends it; running requests get `timeoutMs`, by default a short moment, so that a hanging test does not hang others. */
  close(timeoutMs?: number): Promise<boolean>;
}

/** A gateway of its own on a free port, inside the test's process, with real sockets on both sides. */
export async function startGateway(
  config: ConfigObject,
  options: Omit<GatewayOptions, 'loaded'> = {},
): Promise<RunningGateway> {
  const loaded = parseConfigObject(
    { ...withClient(config), server: { port: 0, host: '127.0.0.1', ...config.server } },
    checksFor(options.stages ?? []),
  );
  const gateway = await Gateway.create({ loaded, logger: false, ...options });
  const url = await gateway.listen();
  const { port } = gateway.app.getHttpServer().address() as AddressInfo;
  return { gateway, url, port, close: (timeoutMs = 200) => gateway.close(timeoutMs) };
}
