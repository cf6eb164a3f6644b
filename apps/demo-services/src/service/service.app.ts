import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { FaultsHook } from '../faults/faults.hook.js';
import { sendProblem } from './problem.js';
import { ServiceModule } from './service.module.js';

/** Largest JSON body that a service reads, in bytes. A larger one gets 413. The echo is not bound by it. */
const BODY_BYTES_MAX = 65_536;

export interface ServiceAddress {
  host: string;
  /** 0 picks a free port. */
  port: number;
}

export interface RunningService {
  url: string;
  /** Stops listening and lets running requests finish for `drainTimeoutMs`; then their connections are cut. */
  close(drainTimeoutMs: number): Promise<void>;
}

/** Starts one Nest application. Rejects with Node's own error (`code: 'EADDRINUSE'`) when it cannot listen. */
export async function startService(
  module: Type | DynamicModule,
  { host, port }: ServiceAddress,
): Promise<RunningService> {
  const faults = new FaultsHook();
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    // A path that cannot be decoded fails before Nest and its filter see it.
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack();
      sendProblem(reply.raw, error.statusCode ?? 400, error.message);
    },
  });
  const server = adapter.getInstance();
  // `ab -p` says text/plain before the type that it was given, and the first one counts: JSON is read from that, too.
  server.addContentTypeParser('text/plain', { parseAs: 'string' }, server.getDefaultJsonParser('error', 'error'));
  // Before Nest adds its middleware, so that faults reach the echo too.
  faults.addTo(server);
  const app = await NestFactory.create<NestFastifyApplication>(ServiceModule.around(module, faults), adapter, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  try {
    await app.init();
    // Not through `app.listen`: it prints the error before it throws, and telling is the caller's business.
    await server.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
  const listener = adapter.getHttpServer();
  const { port: boundPort } = listener.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    async close(drainTimeoutMs) {
      faults.release();
      const cut = setTimeout(() => listener.closeAllConnections(), drainTimeoutMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}
