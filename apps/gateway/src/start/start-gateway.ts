import { ConfigError, EXIT_CONFIG, loadConfig, type LoadedConfig } from '../config/index.js';
import { availableParallelism } from 'node:os';
import { checksFor, type GatewayOptions } from '../gateway.js';
import { canSharePorts } from '../workers/port-sharing.js';
import type { StartFailure } from '../workers/messages.js';
import { WorkerStartError } from '../workers/supervisor.js';
import { ownWorkerData } from '../workers/worker-data.js';
import { banner } from './banner.js';
import { startDemoServices, type DemoServices } from './demo-services.js';
import { serveAlone } from './serve-alone.js';
import { serveAsWorker } from './serve-as-worker.js';
import { serveWithWorkers } from './serve-with-workers.js';
import type { Serving } from './serving.js';
import { tuneHeap } from './tune-heap.js';

const EXIT_FAILURE = 1;

export interface StartOptions extends Pick<GatewayOptions, 'stages' | 'imports'> {
  /** Configuration file. Default: the one that GATEWAY_CONFIG names, or ./gateway.yaml when it exists. */
  readonly file?: string | undefined;
  /** Start the demo services first, and end them last. */
  readonly demo?: boolean;
}

/**
 * Runs a gateway as a process: loads, listens, tells where, drains on SIGTERM and SIGINT. A second signal ends it at
 * once. Failures are one line each on standard error.
 *
 * With `server.workers` above 1 the script of the process runs once more in each worker, and comes here again.
 *
 * @returns the exit code: 0 after a clean drain, 1 when it was cut short or could not start, 78 for the configuration
 */
export async function startGateway({ file, demo = false, stages, imports }: StartOptions = {}): Promise<number> {
  const workerData = ownWorkerData();
  if (workerData !== null) return serveAsWorker(workerData, { stages, imports });
  tuneHeap();
  // A closed pipe or a full disk is no reason to end; what could not be said is lost.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const signalled = untilSignal();
  let services: DemoServices | null = null;
  let loaded: LoadedConfig | null = null;
  try {
    loaded = loadConfig({
      ...(file === undefined ? {} : { file }),
      env: process.env,
      cwd: process.cwd(),
      ...checksFor(stages ?? []),
    });
    if (demo) services = await startDemoServices();
    const workers = await workersOf(loaded);
    const startable = { loaded, stages, imports };
    const serving = workers === 1 ? await serveAlone(startable) : await serveWithWorkers(startable, workers);
    tellStart(serving, loaded, workers, demo);
    const signal = await signalled;
    serving.logs.announce(`${signal}: draining`);
    const clean = await serving.drain();
    if (!clean) process.stderr.write('sluice: some requests did not finish in time and were cut\n');
    return clean ? 0 : EXIT_FAILURE;
  } catch (error) {
    process.stderr.write(`${explain(error, loaded)}\n`);
    return error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE;
  } finally {
    await services?.stop();
  }
}

/** How many threads serve. */
async function workersOf({ config: { server } }: LoadedConfig): Promise<number> {
  const workers = server.workers === 'auto' ? availableParallelism() : server.workers;
  if (workers === 1 || (await canSharePorts())) return workers;
  process.stderr.write('sluice: this system does not share a port between threads; one worker serves\n');
  return 1;
}

/** In a banner where a person reads it, in a line where a program does. */
function tellStart(
  { logs, url, managementUrl }: Serving,
  { config, revision }: LoadedConfig,
  workers: number,
  demo: boolean,
): void {
  if (demo || logs.pretty) process.stdout.write(banner(config, url, managementUrl, demo));
  if (!logs.pretty) {
    const { length: routes } = config.routes;
    logs.announce(`Sluice listens on ${url}`, { url, managementUrl, routes, workers, revision });
  }
}

/** Resolves with the first signal; the second one ends the process there and then. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let signals = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        signals++;
        if (signals === 1) resolve(signal);
        else process.exit(EXIT_FAILURE);
      });
    }
  });
}

function explain(error: unknown, loaded: LoadedConfig | null): string {
  if (error instanceof ConfigError) return error.format();
  const { code, port, address, message } = (error instanceof WorkerStartError ? error.failure : error) as StartFailure;
  const management = loaded !== null && port !== undefined && port === loaded.config.management.port;
  if (code === 'EADDRINUSE') {
    const setting = management ? 'management.port' : 'server.port or API_GATEWAY_PORT';
    return `sluice: port ${port} is in use; set ${setting} to another one`;
  }
  if (code === 'EACCES' && port !== undefined) return `sluice: no permission to listen on port ${port}`;
  if (code === 'EADDRNOTAVAIL') {
    return `sluice: ${address} is no address of this machine; correct ${management ? 'management' : 'server'}.host`;
  }
  return `sluice: ${message}`;
}
