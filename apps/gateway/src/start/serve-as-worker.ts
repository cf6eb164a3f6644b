import { restoreConfig } from '../config/index.js';
import { Gateway, type GatewayOptions } from '../gateway.js';
import { routeExtensions } from '../pipeline/route-extensions.js';
import { workerOutput } from '../telemetry/logs/worker-lines.js';
import type { StartFailure } from '../workers/messages.js';
import { ThreadSeat } from '../workers/thread-seat.js';
import type { WorkerData } from '../workers/worker-data.js';

/**
 * Runs a gateway in a thread of its own, beside others on the same ports, until the supervisor wants it to end. What
 * becomes of it is the supervisor's to tell.
 *
 * @returns the exit code of the thread
 */
export async function serveAsWorker(
  data: WorkerData,
  { stages = [], imports }: Pick<GatewayOptions, 'stages' | 'imports'>,
): Promise<number> {
  const seat = new ThreadSeat(data);
  try {
    const loaded = restoreConfig(data.source, routeExtensions(stages));
    const gateway = await Gateway.create({ loaded, stages, imports }, { seat, output: workerOutput(data.log) });
    const url = await gateway.listen({
      reusePort: true,
      ...(data.ports === null ? {} : { port: data.ports.traffic, managementPort: data.ports.management }),
    });
    const { managementUrl, ports } = gateway;
    seat.send({ kind: 'listening', url, managementUrl, port: ports.traffic, managementPort: ports.management });
    await seat.asked;
    seat.send({ kind: 'drained', clean: await gateway.close() });
    return 0;
  } catch (error) {
    seat.send({ kind: 'failed', failure: failureOf(error) });
    return 1;
  }
}

function failureOf(error: unknown): StartFailure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  return { message, code, port, address };
}
