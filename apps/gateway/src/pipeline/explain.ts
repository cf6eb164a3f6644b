import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Connection } from '../edge/connection.js';
import { readHead } from '../edge/read-head.js';
import type { Problem } from '../problems/problem.js';
import { explainMatch, type Mismatch } from '../routing/explain-match.js';
import type { CompiledGateway } from './compiled-gateway.js';
import { Events } from './contract/events.js';
import { GatewayResponse } from './contract/gateway-response.js';
import { RequestContext } from './contract/request-context.js';
import { RequestHead } from './contract/request-head.js';
import type { RequestFlow } from './request-flow.js';

/** A request that is not sent. */
export interface Question {
  readonly method: string;
  /** Path with query, or a whole URL, whose authority then counts. */
  readonly target: string;
  /** Fields, flat; `Host` is added when it is not there. */
  readonly headers: readonly string[];
  /** Address that the request would come from. */
  readonly clientAddress: string;
}

export interface Explanation {
  /** The request as the edge reads it. */
  readonly request: Readonly<Record<'method' | 'path' | 'query' | 'host' | 'scheme' | 'clientAddress', string>>;
  /** Code of the problem that refuses it before any stage, or null. */
  readonly refusedWith: string | null;
  /** Id of the route that takes it, or null. */
  readonly route: string | null;
  /** The nearest routes that do not take it, and why; an empty list of reasons means that the other is more specific. */
  readonly otherRoutes: readonly { readonly id: string; readonly because: readonly Mismatch[] }[];
  /** The stages that it passes, in order, with what each tells of itself. */
  readonly stages: readonly { readonly name: string; readonly tells: Readonly<Record<string, unknown>> }[];
}

const OTHERS_MAX = 5;

/** Tells what would become of a request, without sending anything. */
export function explain(
  { edge, pipelines }: CompiledGateway,
  find: (head: RequestHead) => RequestFlow | null,
  refuse: (head: RequestHead) => Problem | null,
  question: Question,
): Explanation {
  const request = messageOf(question);
  const head = new RequestHead(request.rawHeaders);
  const refusal = readHead(request, Connection.of(request.socket, edge.trust), edge, head);
  const flow = refusal === null ? find(head) : null;
  const unrouted = refusal === null && flow === null ? refuse(head) : null;
  const { method, path, query, host, scheme, clientAddress } = head;
  return {
    request: { method, path, query, host, scheme, clientAddress },
    refusedWith: (refusal ?? unrouted)?.type.code ?? null,
    route: flow?.pipeline.route.id ?? null,
    otherRoutes: refusal === null ? nearest(pipelines, flow, head) : [],
    stages: flow === null ? [] : tell(flow, request, head),
  };
}

function nearest(
  pipelines: CompiledGateway['pipelines'],
  taken: RequestFlow | null,
  head: RequestHead,
): Explanation['otherRoutes'] {
  return pipelines
    .filter(({ route }) => route !== taken?.pipeline.route)
    .map(({ route }) => ({ id: route.id, because: explainMatch(route.config, head, head.method) }))
    .toSorted((a, b) => distance(a.because) - distance(b.because))
    .slice(0, OTHERS_MAX);
}

/** Another path is farther away than anything else. */
function distance(reasons: readonly Mismatch[]): number {
  return reasons.reduce((sum, { part }) => sum + (part === 'path' ? 100 : 1), 0);
}

function tell(flow: RequestFlow, request: IncomingMessage, head: RequestHead): Explanation['stages'] {
  const { pipeline } = flow;
  const context = new RequestContext(
    request,
    new GatewayResponse(request),
    head,
    pipeline.route,
    flow,
    new Events(),
    performance.now(),
    null,
  );
  const told = new Map(pipeline.explain.map(({ at, hooks }) => [at, hooks.explain(context)]));
  return pipeline.stages.map((name, at) => ({ name, tells: told.get(at) ?? {} }));
}

/** A message that no connection has brought. */
function messageOf({ method, target, headers, clientAddress }: Question): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: clientAddress });
  const request = new IncomingMessage(socket);
  const url = URL.canParse(target) ? new URL(target) : null;
  request.method = method;
  request.url = url === null ? target : url.pathname + url.search;
  request.httpVersion = '1.1';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  const named = headers.some((text, i) => i % 2 === 0 && text.toLowerCase() === 'host');
  request.rawHeaders.push(...(named ? [] : ['Host', url?.host ?? 'localhost']), ...headers);
  return request;
}
