import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoggerService, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { GatewayModule } from './app.module.js';
import { configChecks } from './config-checks.js';
import type { CheckOptions, LoadedConfig } from './config/index.js';
import { ControllerPaths } from './control/controller-paths.js';
import { guardManagement } from './control/guard-management.js';
import { TokenGuesses } from './control/token-guesses.js';
import { ManagementAccess } from './control/management-access.js';
import { serveDocs } from './control/serve-docs.js';
import type { StageType } from './pipeline/contract/stage-type.js';
import { DataPlane } from './pipeline/data-plane.js';
import { Lifecycle } from './pipeline/lifecycle.js';
import { closeBehindUnread } from './pipeline/linger.js';
import { routeExtensions } from './pipeline/route-extensions.js';
import { LEADERSHIP, type Leadership } from './workers/leadership.js';
import { processClock } from './workers/process-clock.js';
import { onlyWorker } from './workers/only-worker.js';
import type { WorkerSeat } from './workers/worker-seat.js';
import { processOutput, type LogOutput } from './telemetry/logs/log-output.js';
import { NestLogger } from './telemetry/logs/nest-logger.js';
import type { LogTarget } from './telemetry/logs/log-target.js';
import type { Logs } from './telemetry/logs/logs.js';
import { logsTo, noLogs, openLogs } from './telemetry/logs/open-logs.js';
import { answerClientError } from './server/client-error.js';
import { createGatewayAdapter, serverOptions, type DataPlaneSlot } from './server/gateway-adapter.js';
import { trackConnections } from './server/open-connections.js';
import { drainServers } from './server/shutdown.js';
import { Deadlines } from './upstream/deadlines.js';
import { UpgradedConnections } from './upstream/upgrade/upgraded-connections.js';
import { UpstreamRegistry } from './upstream/upstream-registry.js';

/** What the configuration is checked by, beside its own schema: the settings of custom stages, and the routes' conflicts. */
export function checksFor(stages: readonly StageType[]): CheckOptions {
  return {
    checks: configChecks,
    extensions: routeExtensions(stages),
  };
}

export interface GatewayOptions {
  readonly loaded: LoadedConfig;
  readonly stages?: readonly StageType[];
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** Takes the lines of the log instead of standard output. */
  readonly logTo?: LogTarget;
  /** Where Nest logs instead; false for silence, of requests too when there is no `logTo`. Default: into the log. */
  readonly logger?: LoggerService | false;
}

/** Where a gateway runs. */
export interface GatewayPlace {
  /** What it shares with workers beside it. Default: there are none. */
  readonly seat?: WorkerSeat;
  /** Where its log goes, when nothing else is said. Default: standard output. */
  readonly output?: LogOutput;
}

export interface ListenOptions {
  readonly port?: number;
  readonly managementPort?: number | null;
  /** Others in this process listen on the same ports. Default: false. */
  readonly reusePort?: boolean;
}

/** A gateway that can be listened with, and ended. */
export class Gateway {
  private managementServer: Server | null = null;
  private ending: Promise<boolean> | null = null;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly loaded: LoadedConfig,
    private readonly access: ManagementAccess,
    readonly logs: Logs,
  ) {}

  /**
   * Composes everything; nothing listens yet.
   *
   * @param place where it runs, when that is not the main thread of a process of its own
   * @throws Error when a custom stage has no place
   */
  static async create(
    { loaded, stages = [], imports = [], logTo, logger }: GatewayOptions,
    place: GatewayPlace = {},
  ): Promise<Gateway> {
    const { server, management } = loaded.config;
    const ownPort = management.port !== null;
    const seat = place.seat ?? onlyWorker();
    const { memory } = seat;
    const logs = await logsFor(loaded, place.output ?? processOutput(), logTo, logger);
    const slot: DataPlaneSlot = { current: null, fastify: null };
    const adapter = createGatewayAdapter(server, slot, memory);
    const fastify = adapter.getInstance<FastifyInstance>();
    const access = new ManagementAccess(management.token, ownPort, new TokenGuesses(processClock(memory), memory));
    guardManagement(fastify, access);
    const controllers = new ControllerPaths(!ownPort);
    controllers.watch(fastify);
    const app = await NestFactory.create<NestFastifyApplication>(
      GatewayModule.register({ loaded, stages, imports, logs, seat }),
      adapter,
      { logger: logger ?? new NestLogger(logs), abortOnError: false },
    );
    serveDocs(app);
    await app.init();
    const plane = app.get(DataPlane);
    slot.current = plane;
    plane.yieldTo({
      owns: (head) => controllers.owns(head),
      mayExplain: (request, proof) => access.mayExplain(request, proof),
      serve(request, response, head) {
        // What was decided by is what is served: Fastify sees the normalised path.
        request.url = head.path + head.query;
        // A target in absolute form outweighs Host (RFC 9112 section 3.2.2): where the two differ, neither makes it local.
        if (request.headers.host !== head.authority) request.headers.host = '';
        if (head.expectsContinue) response.writeContinue();
        if (head.hasBody) closeBehindUnread(request, response);
        slot.fastify?.(request, response);
      },
    });
    return new Gateway(app, loaded, access, logs);
  }

  /**
   * Opens the ports.
   *
   * @param ports others than those of the configuration, for a worker that shares them
   * @returns the address of the traffic port, for example `http://127.0.0.1:8080`
   */
  async listen(ports: ListenOptions = {}): Promise<string> {
    const { server, management } = this.loaded.config;
    const { reusePort = false } = ports;
    const managementPort = ports.managementPort ?? management.port;
    if (managementPort !== null) {
      await this.listenManagement({ host: management.host, port: managementPort, reusePort });
    }
    await this.listenTraffic(server.host, { port: ports.port ?? server.port, reusePort });
    this.checkUpstreams();
    this.app.get(Lifecycle).serve();
    return this.url;
  }

  /** Health is checked by one worker, which tells the others by what it writes into their memory. */
  private checkUpstreams(): void {
    const registry = this.app.get(UpstreamRegistry);
    const leadership = this.app.get<Leadership>(LEADERSHIP);
    if (leadership.isLeader()) registry.start();
    else leadership.onChange(() => registry.start());
  }

  /** The ports that it has got. */
  get ports(): { readonly traffic: number; readonly management: number | null } {
    const portOf = (server: Server): number => (server.address() as AddressInfo).port;
    const { managementServer } = this;
    return {
      traffic: portOf(this.app.getHttpServer()),
      management: managementServer === null ? null : portOf(managementServer),
    };
  }

  get url(): string {
    return urlOf(this.app.getHttpServer());
  }

  get managementUrl(): string {
    return this.managementServer === null ? this.url : urlOf(this.managementServer);
  }

  /**
   * Drains and closes. Calling it again gives the same promise.
   * @param timeoutMs time for running requests; default `server.drainTimeoutMs`
   * @returns true when everything ended by itself
   */
  close(timeoutMs = this.loaded.config.server.drainTimeoutMs): Promise<boolean> {
    this.ending ??= this.end(timeoutMs);
    return this.ending;
  }

  private async end(timeoutMs: number): Promise<boolean> {
    const { app } = this;
    const servers = [app.getHttpServer(), ...(this.managementServer === null ? [] : [this.managementServer])];
    const upgrades = app.get(UpgradedConnections);
    const clean = await drainServers(servers, app.get(DataPlane), app.get(Lifecycle), upgrades, timeoutMs);
    app.get(Deadlines).stop();
    app.get(UpstreamRegistry).destroy();
    await app.close();
    return clean;
  }

  private async listenTraffic(host: string | null, on: { port: number; reusePort: boolean }): Promise<void> {
    // Not through Nest, which writes a failure to the log that the caller is told of anyway.
    const fastify = this.app.getHttpAdapter().getInstance();
    try {
      await fastify.listen({ ...on, host: host ?? '::' });
    } catch (error) {
      // `::` takes IPv4 as well, where the machine has IPv6 at all.
      if (host !== null || (error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error;
      await fastify.listen({ ...on, host: '0.0.0.0' });
    }
  }

  private async listenManagement(on: ListenOptions & { host: string }): Promise<void> {
    const fastify = this.app.getHttpAdapter().getInstance();
    const server = createServer(serverOptions(this.loaded.config.server, null), (request, response) =>
      fastify.routing(request, response),
    );
    server.on('clientError', answerClientError);
    trackConnections(server);
    this.access.serveOn(server);
    this.managementServer = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(on, resolve);
    });
  }
}

async function logsFor(
  { config }: LoadedConfig,
  output: LogOutput,
  logTo?: LogTarget,
  logger?: LoggerService | false,
): Promise<Logs> {
  const settings = config.telemetry.logs;
  if (logTo !== undefined) return logsTo(settings, logTo);
  return logger === false ? noLogs(settings) : openLogs(settings, output);
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  const any = address === '::' || address === '0.0.0.0';
  return `http://${any ? 'localhost' : family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
