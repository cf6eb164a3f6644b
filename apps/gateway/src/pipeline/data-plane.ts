import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import { routeShape } from '../config/schema/route.schema.js';
import { Connection } from '../edge/connection.js';
import { readHead } from '../edge/read-head.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { compileGateway, type CompiledGateway } from './compiled-gateway.js';
import { Answer } from './contract/answer.js';
import { DecisionTrail } from './contract/decision-trail.js';
import type { Events } from './contract/events.js';
import { GatewayResponse } from './contract/gateway-response.js';
import { RequestContext } from './contract/request-context.js';
import { RequestHead } from './contract/request-head.js';
import type { Stage } from './contract/stage.js';
import { explain, type Explanation, type Question } from './explain.js';
import { InnerFlow } from './inner-flow.js';
import type { Lifecycle } from './lifecycle.js';
import { pendingReply } from './pending-reply.js';
import { emptyPipeline } from './pipeline.js';
import { requestEnded, requestFailed, requestStarted } from './request-events.js';
import { RequestFlow } from './request-flow.js';
import { offersUpgrade } from './upgrade-offer.js';
import { viaName } from './via-name.js';
import { z } from 'zod';

/** What the data plane leaves to others. */
export interface ControlPlane {
  owns(head: RequestHead): boolean;
  /** Whether the caller may know what is decided about a request. @param proof value of `Sluice-Explain` */
  mayExplain(request: IncomingMessage, proof: string): boolean;
  serve(request: IncomingMessage, response: GatewayResponse, head: RequestHead): void;
}

/** The data plane: takes a request of Node's server to the pipeline of its route. */
export class DataPlane {
  private readonly compiled: CompiledGateway;
  private readonly fallback: RequestFlow;
  private readonly onClosed: (this: GatewayResponse) => void;
  private control: ControlPlane | null = null;
  /** Connections that Node's server has handed over and no longer closes. */
  private readonly upgrading = new Set<Duplex>();
  /** Requests under way, upgraded connections among them. */
  active = 0;

  constructor(
    config: GatewayConfig,
    stages: readonly Stage[],
    private readonly events: Events,
    lifecycle: Lifecycle,
    processName: string,
  ) {
    const report = (context: RequestContext, error: unknown): void => events.emit(requestFailed, { context, error });
    this.compiled = compileGateway(
      config,
      viaName(config, processName),
      stages,
      (pipeline) => new RequestFlow(pipeline, lifecycle, report, InnerFlow.begin),
    );
    const nothing = z.strictObject(routeShape).parse({ id: 'none', match: { path: '/' } });
    this.fallback = new RequestFlow(emptyPipeline(nothing, config.routes.length), lifecycle, report, InnerFlow.begin);
    const closed = (context: RequestContext): void => this.closed(context);
    this.onClosed = function () {
      if (this.context !== null) closed(this.context);
    };
  }

  get pipelines(): CompiledGateway['pipelines'] {
    return this.compiled.pipelines;
  }

  /** Id of the route that stands for requests without one; its index is behind those of the routes. */
  get unroutedId(): string {
    return this.fallback.pipeline.route.id;
  }

  /** Tells what would become of a request, without sending anything. */
  explain(question: Question): Explanation {
    const refuse = (head: RequestHead): Problem | null => {
      const unrouted = this.unrouted(head);
      return Problem.is(unrouted) ? unrouted : null;
    };
    return explain(this.compiled, (head) => this.find(head), refuse, question);
  }

  /** Names the control plane, which is asked before the routes. */
  yieldTo(control: ControlPlane): void {
    this.control = control;
  }

  /** Serves a request. */
  handle(request: IncomingMessage, response: GatewayResponse): void {
    const startedAt = performance.now();
    const head = new RequestHead(request.rawHeaders);
    const connection = this.connectionOf(request);
    if (connection.closing) {
      request.resume();
      return;
    }
    if (connection.declined === request) {
      // Node drops what has come behind a declined upgrade: where the next request begins, nobody can tell.
      response.shouldKeepAlive = false;
      connection.closing = true;
    }
    const refusal = readHead(request, connection, this.compiled.edge, head);
    if (refusal === null && this.control?.owns(head) === true) {
      this.control.serve(request, response, head);
      return;
    }
    response.on('close', this.onClosed);
    head.upgrade = '';
    this.open(request, response, head, refusal, startedAt, null);
  }

  /** Whether the request may leave HTTP. When it may not, Node serves it as an ordinary one (RFC 9110 section 7.8). */
  acceptsUpgrade(request: IncomingMessage): boolean {
    const connection = this.connectionOf(request);
    if (this.mayUpgrade(request, connection)) return true;
    connection.declined = request;
    return false;
  }

  private mayUpgrade(request: IncomingMessage, connection: Connection): boolean {
    // A reply to an earlier request still needs the connection.
    if (connection.closing || pendingReply(request.socket) !== null) return false;
    const head = new RequestHead(request.rawHeaders);
    if (readHead(request, connection, this.compiled.edge, head) !== null) return false;
    // RFC 9110 section 7.8: HTTP/1.0 has no upgrades.
    if (head.upgrade === '' || head.hasBody || head.path === '*' || request.httpVersionMinor === 0) return false;
    if (this.control?.owns(head) === true) return false;
    const flow = this.compiled.router.find(head, head.method);
    return flow !== null && offersUpgrade(flow.pipeline.route.config, head.upgrade);
  }

  /** Serves a request that acceptsUpgrade() let through. `rest` is what the client has sent behind its head. */
  upgrade(request: IncomingMessage, socket: Duplex, rest: Buffer): void {
    const response = new GatewayResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    if (rest.length > 0) socket.unshift(rest);
    socket.on('error', () => socket.destroy());
    const head = new RequestHead(request.rawHeaders);
    const refusal = readHead(request, this.connectionOf(request), this.compiled.edge, head);
    const context = this.open(request, response, head, refusal, performance.now(), socket);
    // Node no longer watches the socket: a refusal closes it here, and its end is the end of the request.
    response.on('finish', () => (socket as Socket).destroySoon());
    this.upgrading.add(socket);
    socket.on('close', () => {
      this.upgrading.delete(socket);
      this.closed(context);
    });
    // Before the upstream has answered, a client that ends its side has left, as in any other request.
    socket.on('end', () => {
      if (context.status !== 101) socket.destroy();
    });
  }

  /** Breaks off every connection that has asked to leave HTTP, whatever became of it. */
  destroyUpgrades(): void {
    for (const socket of this.upgrading) socket.destroy();
  }

  private open(
    request: IncomingMessage,
    response: GatewayResponse,
    head: RequestHead,
    refusal: Problem | null,
    startedAt: number,
    socket: Duplex | null,
  ): RequestContext {
    const flow = refusal === null ? this.find(head) : null;
    const found = flow ?? this.fallback;
    const context = new RequestContext(
      request,
      response,
      head,
      found.pipeline.route,
      found,
      this.events,
      startedAt,
      socket,
    );
    response.context = context;
    if (head.explain !== '' && this.control?.mayExplain(request, head.explain) === true) {
      context.trail = new DecisionTrail(startedAt);
    }
    this.active++;
    this.events.emit(requestStarted, context);
    if (flow !== null) flow.run(context);
    else found.reply(context, refusal ?? this.unrouted(head));
    return context;
  }

  private connectionOf(request: IncomingMessage): Connection {
    return Connection.of(request.socket, this.compiled.edge.trust);
  }

  private find(head: RequestHead): RequestFlow | null {
    if (head.path === '*') return null;
    const { router } = this.compiled;
    if (head.method === 'OPTIONS') {
      // A preflight belongs to the route of the method that it asks about, if that route speaks CORS.
      const asked = head.field('access-control-request-method');
      const flow = asked === undefined ? null : router.find(head, asked);
      if (flow !== null && flow.pipeline.route.config.cors !== undefined) return flow;
    }
    return router.find(head, head.method);
  }

  private unrouted(head: RequestHead): Answer | Problem {
    // OPTIONS * asks about the server itself (RFC 9110 section 9.3.7).
    if (head.path === '*') return new Answer(204);
    const methods = this.compiled.router.allowedMethods(head);
    if (methods.length === 0) return new Problem(problems.noRoute);
    return new Problem(problems.methodNotAllowed, { headers: ['allow', methods.join(', ')] });
  }

  private closed(context: RequestContext): void {
    if (context.closed) return;
    if (context.outcome === 'pending') {
      const complete = context.response.writableFinished || context.status === 101;
      context.outcome = complete ? 'completed' : 'client-gone';
    }
    this.active--;
    (context.flow as RequestFlow).close(context);
    this.events.emit(requestEnded, context);
  }
}
