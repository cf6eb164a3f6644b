import { readFileSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';
import { toUpstreamError } from './error-mapping.js';
import { NodeClient } from './node.client.js';
import type {
  Exchange,
  ExchangeHandler,
  UpstreamClient,
  UpstreamClientOptions,
  UpstreamClientStats,
  UpstreamRequest,
} from './upstream-client.js';
import { UpstreamError } from './upstream-error.js';

/**
 * The upstream client over undici's pool. What undici leaves out (`Expect`, request trailers) goes through Node's own
 * client, on connections of its own.
 */
export class UndiciClient implements UpstreamClient {
  private readonly pool: Pool;
  private rare: NodeClient | null = null;
  private readonly secure: boolean;

  constructor(private readonly options: UpstreamClientOptions) {
    this.secure = options.origin.startsWith('https:');
    this.pool = new Pool(options.origin, {
      connections: options.connectionsMax,
      pipelining: 1,
      connectTimeout: options.connectTimeoutMs,
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      keepAliveTimeout: Math.max(1, options.keepAliveMs),
      keepAliveMaxTimeout: 600_000,
      maxHeaderSize: options.responseHeadBytesMax,
      allowH2: false,
      ...(this.secure
        ? {
            connect: {
              ...(options.ca === null ? {} : { ca: options.ca }),
              servername: options.serverName ?? undefined,
            },
          }
        : {}),
    });
  }

  exchange(request: UpstreamRequest, handler: ExchangeHandler): Exchange {
    if (request.expectsContinue || request.trailers !== null) {
      this.rare ??= new NodeClient(this.options);
      return this.rare.exchange(request, handler);
    }
    const exchange = new UndiciExchange(handler);
    const { headers } = request;
    if (request.bodyBytes >= 0 && request.body !== null && !(request.body instanceof Uint8Array)) {
      headers.push('content-length', String(request.bodyBytes));
    }
    try {
      this.pool.dispatch(
        {
          method: request.method as Dispatcher.HttpMethod,
          path: request.path,
          headers,
          body: request.body as Readable | Buffer | null,
          upgrade: request.upgrade === '' ? undefined : request.upgrade,
        },
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
    const { connected, free, pending, queued, running } = this.pool.stats;
    const rare = this.rare?.stats();
    return {
      open: connected + (rare?.open ?? 0),
      idle: free + (rare?.idle ?? 0),
      waiting: pending + queued + (rare?.waiting ?? 0),
      active: running + (rare?.active ?? 0),
    };
  }
}

/** Joins undici's callbacks to ours. One object an exchange, no closures. */
class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private over = false;

  constructor(private readonly handler: ExchangeHandler) {}

  abort(): void {
    if (this.over) return;
    this.over = true;
    this.controller?.abort(new UpstreamError('aborted'));
  }

  resume(): void {
    if (!this.over) this.controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.over) controller.abort(new UpstreamError('aborted'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, statusText = ''): void {
    if (this.over) return;
    const headers = toStrings(controller.rawHeaders as readonly Buffer[]);
    if (status < 200) this.handler.onInformation(status, headers);
    else this.handler.onHead(status, statusText, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.over) return;
    if (!this.handler.onData(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.over) return;
    this.over = true;
    this.handler.onEnd(toStrings(controller.rawTrailers as readonly Buffer[]));
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _: unknown, socket: Duplex): void {
    if (this.over) {
      socket.destroy();
      return;
    }
    this.over = true;
    this.handler.onUpgrade(status, toStrings(controller.rawHeaders as readonly Buffer[]), socket);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.over) return;
    this.over = true;
    this.handler.onError(toUpstreamError(error));
  }
}

const none: string[] = [];

/** Fields are bytes on the wire; latin1 keeps each of them (RFC 9110 section 5.5). */
function toStrings(raw: readonly Buffer[] | null | undefined): string[] {
  if (raw === null || raw === undefined || raw.length === 0) return none.slice();
  const strings = new Array<string>(raw.length);
  for (let i = 0; i < raw.length; i++) strings[i] = raw[i].toString('latin1');
  return strings;
}

/** Reads the authorities of an upstream, once. */
export function readCa(file: string | null): string | null {
  return file === null ? null : readFileSync(file, 'utf8');
}
