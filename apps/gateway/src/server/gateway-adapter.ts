import { METHODS, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerConfig } from '../config/schema/gateway.schema.js';
import { normalizePath } from '../edge/normalize-path.js';
import { GatewayResponse } from '../pipeline/contract/gateway-response.js';
import type { DataPlane } from '../pipeline/data-plane.js';
import { isManagementPath } from '../pipeline/management-paths.js';
import { answerClientError } from './client-error.js';

/** Time between two looks at slow request heads. */
const HEAD_CHECK_MS = 500;

/** What the server calls once the data plane exists; until then every request finds no route. */
export interface DataPlaneSlot {
  current: DataPlane | null;
  /** Set when the control plane has a port of its own: tells whether a request came in there. */
  isManagement: ((request: IncomingMessage) => boolean) | null;
}

/** Node's server under Fastify, with the limits of the configuration. */
export function createGatewayAdapter(
  server: ServerConfig,
  ownPort: boolean,
  slot: DataPlaneSlot,
): FastifyAdapter {
  const options: ServerOptions = {
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
    shouldUpgradeCallback: (request) => slot.current?.acceptsUpgrade(request) ?? false,
  };
  const adapter = new FastifyAdapter({
    http: options,
    // Node closes what has been idle; Fastify must not answer for the data plane while it drains.
    return503OnClosing: false,
    forceCloseConnections: false,
    keepAliveTimeout: server.keepAliveTimeoutMs,
    requestTimeout: 0,
    logger: false,
    exposeHeadRoutes: true,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 1_000 },
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => take(slot, request, reply),
    ...(ownPort ? { rewriteUrl: (request: IncomingMessage) => keepFromControllers(slot, request) } : {}),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !fastify.supportedMethods.includes(method)) {
      fastify.addHttpMethod(method, { hasBody: true });
    }
  }
  watchServer(fastify.server as Server, server, slot);
  return adapter;
}

/** The data plane's only route: whatever no controller serves. The body is never parsed. */
export function routeDataPlane(adapter: FastifyAdapter, slot: DataPlaneSlot): void {
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.route({
    method: fastify.supportedMethods as string[],
    url: '*',
    exposeHeadRoute: false,
    onRequest: (request, reply) => take(slot, request, reply),
    handler: () => undefined,
  });
}

function take(slot: DataPlaneSlot, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  const { raw } = request;
  const response = reply.raw as unknown as GatewayResponse;
  raw.url = (raw as { originalUrl?: string }).originalUrl ?? raw.url;
  if (slot.isManagement?.(raw) === true) slot.current?.refuse(raw, response);
  else slot.current?.handle(raw, response);
}

/**
 * When the control plane has a port of its own, its paths on the traffic port are ordinary ones and may have routes.
 * They get a URL that no controller has, so that Fastify gives them to the data plane.
 */
function keepFromControllers(slot: DataPlaneSlot, request: IncomingMessage): string {
  const url = request.url ?? '/';
  return slot.isManagement?.(request) === true || !isManagementPath(decodePath(url)) ? url : '/-';
}

function decodePath(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1)[0];
  return normalizePath(path, true) ?? path;
}

function watchServer(http: Server, { connectionsMax }: ServerConfig, slot: DataPlaneSlot): void {
  // Every field counts against headBytesMax; Node would silently drop those beyond its own limit of 2,000.
  http.maxHeadersCount = 0;
  if (connectionsMax !== null) http.maxConnections = connectionsMax;
  http.on('checkContinue', (request: IncomingMessage, response: GatewayResponse) => {
    http.emit('request', request, response);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (slot.current === null) socket.destroy();
    else slot.current.upgrade(request, socket, head);
  });
  // CONNECT asks for a tunnel; a gateway is none (RFC 9110 section 9.3.6).
  http.on('connect', (_request: IncomingMessage, socket: Socket) => {
    answerClientError(Object.assign(new Error('CONNECT'), { code: 'HPE_INVALID_METHOD' }), socket);
  });
}
