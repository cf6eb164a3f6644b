import { ConfigError, EXIT_CONFIG, loadConfig, type LoadedConfig } from '../config/index.js';
import { Gateway, checksFor, type GatewayOptions } from '../gateway.js';
import { banner } from './banner.js';
import { tuneHeap } from './tune-heap.js';
import { startDemoServices, type DemoServices } from './demo-services.js';

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
 * @returns the exit code: 0 after a clean drain, 1 when it was cut short or could not start, 78 for the configuration
 */
export async function startGateway({ file, demo = false, stages, imports }: StartOptions = {}): Promise<number> {
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
    const gateway = await Gateway.create({ loaded, stages, imports });
    const url = await gateway.listen();
    tellStart(gateway, url, demo);
    const signal = await signalled;
    gateway.logs.announce(`${signal}: draining`);
    const clean = await gateway.close();
    if (!clean) process.stderr.write('sluice: some requests did not finish in time and were cut\n');
    return clean ? 0 : EXIT_FAILURE;
  } catch (error) {
    process.stderr.write(`${explain(error, loaded)}\n`);
    return error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE;
  } finally {
    await services?.stop();
  }
}

/** In a banner where a person reads it, in a line where a program does. */
function tellStart(gateway: Gateway, url: string, demo: boolean): void {
  const { logs, loaded, managementUrl } = gateway;
  if (demo || logs.pretty) process.stdout.write(banner(loaded.config, url, managementUrl, demo));
  if (!logs.pretty) {
    const { revision, config } = loaded;
    logs.announce(`Sluice listens on ${url}`, { url, managementUrl, routes: config.routes.length, revision });
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
  const { code, port, address, message } = error as NodeJS.ErrnoException & { port?: number; address?: string };
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
