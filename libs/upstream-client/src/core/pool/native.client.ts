import { isIP } from 'node:net';
import type { ConnectionSetting } from '../connection/connection-setting.js';
import { Connection } from '../connection/connection.js';
import { Connector } from '../connection/connector.js';
import { HostResolver } from '../connection/host-resolver.js';
import { LargeBuffers } from '../connection/large-buffers.js';
import { RunningExchange, type ExchangeHolder } from '../connection/running-exchange.js';
import { CoarseDeadlines } from '../deadlines/coarse-deadlines.js';
import type { DeadlineLine } from '../deadlines/deadlines.js';
import { DEFAULT_LIMITS } from '../parsing/parser-limits.js';
import type {
  Exchange,
  ExchangeHandler,
  UpstreamClient,
  UpstreamClientStats,
  UpstreamRequest,
} from '../upstream-client.js';
import { requestHead } from '../writing/request-head.js';
import { UnwritableRequest } from '../writing/unwritable-request.js';
import { KeepAlive } from './keep-alive.js';
import type { NativeClientOptions } from './native-client-options.js';
import { SilentConnections } from './silent-connections.js';
import { WaitingQueue } from './waiting-queue.js';

/** How long a body that is whole waits for `100 Continue`, in milliseconds. */
const EXPECT_TIMEOUT_MS = 1_000;

const threadDeadlines = new CoarseDeadlines();
const threadBuffers = new LargeBuffers();

export interface NativeClientStats extends UpstreamClientStats {
  /** Connections that were ever opened. */
  connections: number;
  /** Exchanges that were given a connection. */
  exchanges: number;
  /** The share of them, from 0 to 1, that found it open. */
  reuseRatio: number;
  bytesSent: number;
  bytesReceived: number;
  /** Large buffers that are out, over all clients that share them. */
  largeBuffersOut: number;
}

/** Talks HTTP/1.1 to one target, over connections that it keeps. */
export class NativeClient implements UpstreamClient, ExchangeHolder {
  private readonly connections = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private readonly silent = new SilentConnections((connection) => this.offer(connection));
  private readonly waiting = new WaitingQueue();
  private readonly connector: Connector;
  private readonly resolver: HostResolver | null;
  private readonly setting: ConnectionSetting;
  private readonly keepAlive: KeepAlive;
  private readonly queueTimeout: DeadlineLine | null;
  private readonly connectionsMax: number;
  private readonly waitingMax: number;
  private readonly traffic = { bytesSent: 0, bytesReceived: 0 };
  private opened = 0;
  private exchanges = 0;
  private reused = 0;
  private closing = false;
  private readonly whenGone: (() => void)[] = [];

  constructor(options: NativeClientOptions) {
    const deadlines = options.deadlines ?? threadDeadlines;
    const connectTimeoutMs = options.connectTimeoutMs ?? 2_000;
    this.resolver = resolverFor(options);
    const { ca = null, serverName = null, cert = null, key = null } = options;
    this.connector = new Connector(options.origin, { ca, serverName, cert, key }, this.resolver);
    this.keepAlive = new KeepAlive(deadlines, options.keepAliveMs ?? 4_000);
    this.queueTimeout = deadlines.queue(options.queueTimeoutMs ?? connectTimeoutMs);
    this.connectionsMax = options.connectionsMax ?? Infinity;
    this.waitingMax = options.waitingMax ?? Infinity;
    const headBytesMax = options.responseHeadBytesMax ?? DEFAULT_LIMITS.headBytesMax;
    this.setting = {
      connector: this.connector,
      limits: { ...DEFAULT_LIMITS, lineBytesMax: headBytesMax, ...options.limits, headBytesMax },
      buffers: options.buffers ?? threadBuffers,
      connectTimeout: deadlines.queue(connectTimeoutMs),
      headersTimeout: deadlines.queue(options.headersTimeoutMs ?? 15_000),
      idleTimeout: deadlines.queue(options.idleTimeoutMs ?? 60_000),
      expectTimeout: deadlines.queue(EXPECT_TIMEOUT_MS),
      traffic: this.traffic,
      onReusable: (connection) => this.onReusable(connection),
      onClosing: (connection) => this.onClosing(connection),
      onGone: (connection) => this.onGone(connection),
      onHandedOver: (connection) => this.onGone(connection),
    };
  }

  exchange(request: UpstreamRequest, handler: ExchangeHandler): Exchange {
    let head = '';
    let unwritable = '';
    try {
      head = requestHead(request, this.connector.authority);
    } catch (error) {
      if (!(error instanceof UnwritableRequest)) throw error;
      unwritable = error.reason;
    }
    const exchange = new RunningExchange(request, handler, head);
    if (unwritable !== '') exchange.fail('request-failed', unwritable);
    else if (this.closing) exchange.fail('connect-failed', 'client-closed');
    else this.place(exchange);
    return exchange;
  }

  drain(): Promise<void> {
    this.closing = true;
    for (let idle = this.idle.pop(); idle !== undefined; idle = this.idle.pop()) idle.close();
    return new Promise((resolve) => {
      if (this.connections.size === 0) resolve();
      else this.whenGone.push(resolve);
    });
  }

  destroy(): void {
    this.closing = true;
    for (let next = this.waiting.shift(); next !== null; next = this.waiting.shift()) next.fail('aborted', 'destroyed');
    for (const connection of this.connections) connection.fail('aborted', 'destroyed');
  }

  stats(): NativeClientStats {
    const { exchanges, reused } = this;
    let [idle, active] = [0, 0];
    for (const connection of this.connections) {
      if (connection.resting) idle++;
      else if (connection.busy) active++;
    }
    return {
      open: this.connections.size,
      idle,
      waiting: this.waiting.length,
      active,
      connections: this.opened,
      exchanges,
      reuseRatio: exchanges === 0 ? 0 : reused / exchanges,
      ...this.traffic,
      largeBuffersOut: this.setting.buffers.out,
    };
  }

  abandon(exchange: RunningExchange): void {
    this.waiting.remove(exchange);
  }

  resume(): void {
    // Nothing comes while an exchange waits.
  }

  expire(exchange: RunningExchange): void {
    this.waiting.remove(exchange);
    exchange.fail('connect-timeout', 'queue');
  }

  private place(exchange: RunningExchange): void {
    const dedicated = exchange.request.upgrade !== '';
    // Who came first goes first; a connection that will be known to be silent in a moment is worth waiting for.
    const now = performance.now();
    const connection = dedicated ? null : this.takeIdle(now);
    if (connection !== null) {
      this.reused++;
      this.exchanges++;
      connection.start(exchange, now);
    } else if (
      this.connections.size < this.connectionsMax &&
      (dedicated || this.silent.length <= this.waiting.length)
    ) {
      this.open(exchange);
    } else if (this.waiting.length >= this.waitingMax) exchange.fail('connect-failed', 'queue-full');
    else {
      exchange.holder = this;
      this.waiting.push(exchange);
      this.queueTimeout?.add(exchange, now);
      // An idle connection cannot be upgraded, but it can make room.
      if (dedicated) this.idle.at(0)?.close();
    }
  }

  private takeIdle(now: number): Connection | null {
    if (this.idle.length === 0) return null;
    this.resolver?.refreshWhenDue(now);
    for (let connection = this.idle.pop(); connection !== undefined; connection = this.idle.pop()) {
      if (connection.usable(now)) return connection;
      connection.close();
    }
    return null;
  }

  private open(exchange: RunningExchange): void {
    this.opened++;
    this.exchanges++;
    this.connections.add(new Connection(this.setting, exchange, exchange.request.upgrade !== ''));
  }

  private onReusable(connection: Connection): void {
    const idleTimeMs = this.keepAlive.idleTimeMs(connection.keepAliveSeconds);
    if (idleTimeMs === 0 || (this.closing && this.waiting.length === 0)) {
      connection.close();
      return;
    }
    const now = performance.now();
    connection.idleUntil = now + idleTimeMs;
    connection.rest(this.keepAlive.line(idleTimeMs));
    this.silent.add(connection);
  }

  /** Gives a connection to whom waits longest, or keeps it. */
  private offer(connection: Connection): void {
    const next = this.waiting.peek();
    if (!connection.resting) return;
    // An upstream that answered before it took the request would get the rest of it before the next one.
    if (!connection.flushed) connection.close();
    else if (next === null) {
      if (this.closing) connection.close();
      else this.idle.push(connection);
    } else if (next.request.upgrade !== '') connection.close();
    else {
      this.waiting.shift();
      this.reused++;
      this.exchanges++;
      connection.start(next, performance.now());
    }
  }

  private onClosing(connection: Connection): void {
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }

  private onGone(connection: Connection): void {
    this.connections.delete(connection);
    while (this.waiting.length > 0 && this.connections.size < this.connectionsMax) {
      const next = this.waiting.shift();
      if (next !== null) this.open(next);
    }
    if (this.connections.size > 0) return;
    for (const resolve of this.whenGone.splice(0)) resolve();
  }
}

function resolverFor({ origin, resolveIntervalMs = 30_000, resolve }: NativeClientOptions): HostResolver | null {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  return resolveIntervalMs === 0 || isIP(host) > 0 ? null : new HostResolver(host, resolveIntervalMs, resolve);
}
