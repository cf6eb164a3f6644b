import { Gateway } from '../gateway.js';
import type { Serving, Startable } from './serving.js';

/** Serves in the thread that this runs in. */
export async function serveAlone(startable: Startable): Promise<Serving> {
  const gateway = await Gateway.create(startable);
  const url = await gateway.listen();
  return { url, managementUrl: gateway.managementUrl, logs: gateway.logs, drain: () => gateway.close() };
}
