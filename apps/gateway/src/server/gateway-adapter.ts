import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ServerConfig } from '../config/schema/gateway.schema.js';
import { GatewayResponse } from '../pipeline/contract/gateway-response.js';
import type { DataPlane } from '../pipeline/data-plane.js';
import { problems } from '../problems/registry.js';
import { answerClientError, refuse } from './client-error.js';
import type { SharedMemory } from '../workers/shared-memory.js';
import { ConnectionShare } from './connection-share.js';
import { GatewayRequest } from './gateway-request.js';
import { trackConnections } from './open-connections.js';
import { cutUnreadReplies } from './unread-replies.js';

/** Time between two looks at slow request heads. */
const HEAD_CHECK_MS = 500;

/** What the server calls once the data plane exists; nothing listens before that. */
export interface DataPlaneSlot {
  current: DataPlane | null;
  /** Fastify, which serves the control plane. */
  fastify: RequestListener | null;
}

/**
 * Fastify on a server that asks the data plane first. A proxied request meets no hook of Fastify or Nest: theirs cost
 * about a fifth of what the whole request does (docs/decisions/0001-two-planes.md).
 */
export function createGatewayAdapter(
  server: ServerConfig,
  slot: DataPlaneSlot,
  memory: SharedMemory | null,
): FastifyAdapter {
  return new FastifyAdapter({
    serverFactory: (fastify: RequestListener) => {
      slot.fastify = fastify;
      const http = createServer(trafficOptions(server, slot), (request, response) => {
        (request as GatewayRequest).served = true;
        slot.current?.handle(request, response as unknown as GatewayResponse);
      });
      watchServer(http, server, slot);
      limitConnections(http, server, memory);
      return http;
    },
    return503OnClosing: false,
    forceCloseConnections: false,
    logger: false,
    routerOptions: { ignoreTrailingSlash: true },
    // Fastify sets one in any case, beside those that are there.
    clientErrorHandler: answerClientError,
  });
}

/** The limits of the configuration, for Node's server. */
export function serverOptions(server: ServerConfig, slot: DataPlaneSlot | null): ServerOptions {
  return {
    ServerResponse: GatewayResponse as unknown as ServerOptions['ServerResponse'],
    maxHeaderSize: server.headBytesMax,
    headersTimeout: server.headTimeoutMs,
    // The time for a whole request depends on its route; the upstream room watches bodies.
    requestTimeout: 0,
    keepAliveTimeout: server.keepAliveTimeoutMs,
    connectionsCheckingInterval: HEAD_CHECK_MS,
    insecureHTTPParser: false,
    // A missing Host is refused with the others, as a problem.
    requireHostHeader: false,
    noDelay: true,
    shouldUpgradeCallback: (request) => slot?.current?.acceptsUpgrade(request) ?? false,
  };
}

function limitConnections(http: Server, { connectionsMax }: ServerConfig, memory: SharedMemory | null): void {
  if (connectionsMax === null) return;
  if (memory === null) http.maxConnections = connectionsMax;
  else new ConnectionShare(memory, connectionsMax).limit(http);
}

/** What spares the many requests without a body the work that few of them need. */
function trafficOptions(server: ServerConfig, slot: DataPlaneSlot): ServerOptions {
  return {
    ...serverOptions(server, slot),
    IncomingMessage: GatewayRequest,
    // No stream is run to its end where there is nothing to read.
    optimizeEmptyRequests: true,
  };
}

function watchServer(http: Server, { writeTimeoutMs }: ServerConfig, slot: DataPlaneSlot): void {
  http.on('close', cutUnreadReplies(trackConnections(http), writeTimeoutMs));
  // Every field counts against headBytesMax; Node would silently drop those beyond its own limit of 2,000.
  http.maxHeadersCount = 0;
  // Expectations are judged with the rest of the head.
  for (const event of ['checkContinue', 'checkExpectation']) {
    http.on(event, (request: GatewayRequest, response: GatewayResponse) => {
      request.served = true;
      slot.current?.handle(request, response);
    });
  }
  http.on('upgrade', (request: GatewayRequest, socket: Socket, head: Buffer) => {
    request.served = true;
    if (slot.current === null) socket.destroy();
    else slot.current.upgrade(request, socket, head);
  });
  // CONNECT asks for a tunnel; a gateway is none (RFC 9110 section 9.3.6).
  http.on('connect', (_request: IncomingMessage, socket: Socket) => {
    refuse(problems.methodNotImplemented, socket);
  });
}
