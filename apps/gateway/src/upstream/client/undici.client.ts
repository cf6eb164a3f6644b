import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';
import { DeadlineEntry, type DeadlineQueue } from '../deadline-queue.js';
import { toUpstreamError } from './error-mapping.js';
import { NodeClient } from './node.client.js';
import { tlsName, undiciConnector } from './undici-connector.js';
import type { UpstreamClientOptions } from './client-options.js';
import {
  UpstreamError,
  type Exchange,
  type ExchangeHandler,
  type UpstreamClient,
  type UpstreamClientStats,
  type UpstreamRequest,
} from '@app/upstream-client';

/**
 * The upstream client over undici's pool. What undici leaves out (`Expect`, request trailers) goes through Node's own
 * client, on connections of its own.
 */
export class UndiciClient implements UpstreamClient {
  private readonly pool: Pool;
  private rare: NodeClient | null = null;
  private readonly servername: string | undefined;
  private readonly headersTimeout: DeadlineQueue | null;
  private readonly idleTimeout: DeadlineQueue | null;

  constructor(private readonly options: UpstreamClientOptions) {
    this.headersTimeout = options.deadlines.queue(options.headersTimeoutMs);
    this.idleTimeout = options.deadlines.queue(options.idleTimeoutMs);
    this.servername = tlsName(options);
    this.pool = new Pool(options.origin, {
      connections: options.connectionsMax,
      pipelining: 1,
      connect: undiciConnector(options),
      // Exchanges stand in our own queues: undici would make and drop three timers for each.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: Math.max(1, options.keepAliveMs),
      keepAliveMaxTimeout: 600_000,
      maxHeaderSize: options.responseHeadBytesMax,
    });
  }

  exchange(request: UpstreamRequest, handler: ExchangeHandler): Exchange {
    if (request.expectsContinue || request.trailers !== null) {
      this.rare ??= new NodeClient(this.options);
      return this.rare.exchange(request, handler);
    }
    const streamed = request.body !== null && !(request.body instanceof Uint8Array);
    const exchange = new UndiciExchange(handler, this.headersTimeout, this.idleTimeout, streamed);
    const { headers } = request;
    if (streamed && request.bodyBytes >= 0) {
      headers.push('content-length', String(request.bodyBytes));
    }
    try {
      this.pool.dispatch(
        {
          method: request.method,
          path: request.path,
          headers,
          body: request.body,
          upgrade: request.upgrade === '' ? undefined : request.upgrade,
          servername: this.servername,
        } satisfies DispatchOptions as Dispatcher.DispatchOptions,
        exchange,
      );
    } catch (error) {
      exchange.onResponseError(null, error as Error);
    }
    return exchange;
  }

  async drain(): Promise<void> {
    await Promise.all([this.pool.close(), this.rare?.drain()]);
  }

  destroy(): void {
    this.rare?.destroy();
    this.pool.destroy().catch(() => undefined);
  }

  stats(): UpstreamClientStats {
    // What undici calls pending has its queue in it.
    const { connected, free, pending, running } = this.pool.stats;
    const rare = this.rare?.stats();
    return {
      open: connected + (rare?.open ?? 0),
      idle: free + (rare?.idle ?? 0),
      waiting: pending + (rare?.waiting ?? 0),
      active: running + (rare?.active ?? 0),
    };
  }
}

/** undici reads a name for TLS, which its types leave out. */
type DispatchOptions = Dispatcher.DispatchOptions & { servername: string | undefined };

/** Joins undici's callbacks to ours, and keeps the time. One object an exchange, no closures. */
class UndiciExchange extends DeadlineEntry implements Exchange, Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private over = false;
  private answered = false;
  private chunks = 0;

  /** @param streamed the body follows the head; the time to the response head counts from its end */
  constructor(
    private readonly handler: ExchangeHandler,
    private readonly headersTimeout: DeadlineQueue | null,
    private readonly idleTimeout: DeadlineQueue | null,
    private readonly streamed: boolean,
  ) {
    super();
  }

  abort(): void {
    if (this.over) return;
    this.finish();
    this.controller?.abort(new UpstreamError('aborted'));
  }

  resume(): void {
    if (this.over) return;
    this.idleTimeout?.add(this, performance.now());
    this.controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.over) {
      controller.abort(new UpstreamError('aborted'));
      return;
    }
    const now = performance.now();
    this.handler.onConnected?.(now);
    if (!this.streamed) this.headersTimeout?.add(this, now);
  }

  onRequestSent(): void {
    if (this.streamed && !this.answered && !this.over) this.headersTimeout?.add(this, performance.now());
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    fields: IncomingHttpHeaders,
    statusText = '',
  ): void {
    if (this.over) return;
    const headers = flatten(fields);
    if (status < 200) this.handler.onInformation(status, headers);
    else {
      this.answered = true;
      this.idleTimeout?.add(this, performance.now());
      this.handler.onHead(status, statusText, headers);
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.over) return;
    // The first chunk comes with the head, or soon after.
    if (this.chunks++ > 0) this.idleTimeout?.add(this, performance.now());
    if (this.handler.onData(chunk)) return;
    this.queue?.remove(this);
    controller.pause();
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    if (this.over) return;
    this.finish();
    this.handler.onEnd(flatten(trailers));
  }

  onRequestUpgrade(
    _: Dispatcher.DispatchController,
    status: number,
    fields: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    if (this.over) {
      socket.destroy();
      return;
    }
    this.finish();
    this.handler.onUpgrade(status, flatten(fields), socket);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.over) return;
    this.finish();
    this.handler.onError(toUpstreamError(error));
  }

  override onDeadline(): void {
    if (this.over) return;
    if (this.chunks === 1) {
      // Its time was not taken: it may have come just now.
      this.chunks++;
      this.idleTimeout?.add(this, performance.now());
      return;
    }
    this.finish();
    const error = new UpstreamError(this.answered ? 'idle-timeout' : 'headers-timeout');
    this.controller?.abort(error);
    this.handler.onError(error);
  }

  private finish(): void {
    this.over = true;
    this.queue?.remove(this);
  }
}

/**
 * undici has read the fields into an object by the time it calls: lower-case names, and values of which latin1 keeps
 * every byte (RFC 9110 section 5.5). Reading that costs half of converting its raw buffers once more.
 */
function flatten(fields: IncomingHttpHeaders): string[] {
  const flat: string[] = [];
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string') flat.push(name, value);
    else if (value !== undefined) for (const one of value) flat.push(name, one);
  }
  return flat;
}
