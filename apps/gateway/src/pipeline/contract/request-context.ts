import type { IncomingMessage } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import type { Problem } from '../../problems/problem.js';
import type { RequestHead } from './request-head.js';
import type { ContextKey } from './context-key.js';
import type { DecisionTrail } from './decision-trail.js';
import type { Events } from './events.js';
import type { Flow } from './flow.js';
import type { GatewayResponse } from './gateway-response.js';
import type { Identity } from './identity.js';
import type { RouteInfo } from './route-info.js';

/** How an exchange ended. */
export type Outcome = 'pending' | 'completed' | 'client-gone' | 'cut';

/** One request on its way. Built once, never pooled: a stale reference can at worst read an ended request. */
export class RequestContext {
  /** Values that the path pattern named, percent-encoded as they came; empty when it names none. */
  get params(): Readonly<Record<string, string>> {
    return this.route.params(this.head.path);
  }

  /** Status sent to the client, 0 before the head went out. */
  status = 0;
  /** The problem that ended the request, when the reply was one. */
  problem: Problem | null = null;
  outcome: Outcome = 'pending';
  /** Who asks, once a stage has proven it; null before, and on anonymous routes. */
  identity: Identity | null = null;
  /** Body bytes sent to the client, before compression. */
  responseBodyBytes = 0;
  /** Times that an upstream was asked; 2 after one retry. */
  tries = 0;
  /** Tries that the stages have let through. Repeating one on a fresh connection counts in `tries` alone. */
  attempts = 0;
  /** What the breaker has let the current try through with; its own business. */
  breakerPass = 0;
  /** Time at which the upstream was asked last, in milliseconds of `performance.now()`. */
  upstreamAskedAt = 0;
  /** Time at which the last try got its connection; 0 before, and on the same clock. */
  upstreamConnectedAt = 0;
  /** Time at which the last response head came; 0 before. */
  upstreamAnsweredAt = 0;
  /** Time at which the stages of admission let the request through; 0 where a route has none, and after a refusal. */
  admittedAt = 0;
  /** Time at which the cache let the request through to what is below; 0 on routes without one, and for hits. */
  cachePassedAt = 0;
  /** Status that the upstream gave, 0 before it did. */
  upstreamStatus = 0;
  /** Name of the upstream that was chosen, or the empty string; `tries` tells whether it was asked. */
  upstream = '';
  /** Origin of the target that was asked last, or the empty string. */
  target = '';
  /** Index of the stage that is asked, and then of the one that replies: hooks of those above it see the reply. */
  stage = 0;
  /** Where the body of the reply goes: the response, or what transforms it on the way. */
  sink: Writable;
  /** What is told at once when the client leaves. */
  exchange: { abort(): void } | null = null;
  /** Notes what is decided, where somebody asked who may know; null otherwise. */
  trail: DecisionTrail | null = null;
  /** The end hooks have run. */
  closed = false;

  private endTime = 0;
  private values: Map<ContextKey<unknown>, unknown> | null = null;

  constructor(
    readonly request: IncomingMessage,
    readonly response: GatewayResponse,
    readonly head: RequestHead,
    readonly route: RouteInfo,
    readonly flow: Flow,
    /** Where stages tell what happened. */
    readonly events: Events,
    /** Time at which the request head had arrived, in milliseconds of `performance.now()`. */
    readonly startedAt: number,
    /** The connection of a client that asks for another protocol, else null. */
    readonly upgradeSocket: Duplex | null,
  ) {
    this.sink = response;
  }

  /** Lets an inner request see what the stages above have left here. */
  inherit(outer: RequestContext): void {
    this.identity = outer.identity;
    this.trail = outer.trail;
    this.values = outer.values;
  }

  /** Time at which the exchange was over, for those who are told of its end: the clock is read by the first of them. */
  get endedAt(): number {
    if (this.endTime === 0) this.endTime = performance.now();
    return this.endTime;
  }

  /** True once the client has left or the reply is complete. */
  get ended(): boolean {
    return this.outcome !== 'pending';
  }

  /** What a stage above has left here, or undefined. */
  get<T>(key: ContextKey<T>): T | undefined {
    return this.values?.get(key) as T | undefined;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    (this.values ??= new Map()).set(key, value);
  }
}
