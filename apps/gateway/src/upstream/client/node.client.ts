import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { toUpstreamError } from './error-mapping.js';
import type { UpstreamClientOptions } from './client-options.js';
import {
  UpstreamError,
  type Exchange,
  type ExchangeHandler,
  type UpstreamClient,
  type UpstreamClientStats,
  type UpstreamRequest,
} from '@app/upstream-client';

/** The upstream client over Node's own: slower, but it speaks the rare parts of HTTP/1.1 (`Expect`, trailers). */
export class NodeClient implements UpstreamClient {
  private readonly agent: HttpAgent;
  private readonly secure: boolean;
  private readonly url: URL;
  private readonly running = new Set<NodeExchange>();
  private draining: (() => void) | null = null;

  constructor(private readonly options: UpstreamClientOptions) {
    this.url = new URL(options.origin);
    this.secure = this.url.protocol === 'https:';
    const agentOptions = {
      keepAlive: true,
      timeout: options.keepAliveMs,
      maxSockets: options.connectionsMax ?? Infinity,
    };
    this.agent = this.secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  }

  exchange(request: UpstreamRequest, handler: ExchangeHandler): Exchange {
    const exchange = new NodeExchange(handler, this.options, (ended) => {
      this.running.delete(ended);
      if (this.running.size === 0) this.draining?.();
    });
    this.running.add(exchange);
    const headers = [...request.headers];
    if (request.upgrade !== '') headers.push('connection', 'upgrade', 'upgrade', request.upgrade);
    if (request.expectsContinue) headers.push('expect', '100-continue');
    if (request.body !== null) {
      const length = request.body instanceof Uint8Array ? request.body.byteLength : request.bodyBytes;
      if (length >= 0) headers.push('content-length', String(length));
      else headers.push('transfer-encoding', 'chunked');
    }
    const send = this.secure ? httpsRequest : httpRequest;
    try {
      const client = send({
        agent: this.agent,
        host: this.url.hostname.replace(/^\[|\]$/g, ''),
        port: this.url.port === '' ? (this.secure ? 443 : 80) : Number(this.url.port),
        method: request.method,
        path: request.path,
        headers,
        setDefaultHeaders: false,
        maxHeaderSize: this.options.responseHeadBytesMax,
        ...(this.secure ? tlsOptions(this.options) : {}),
      });
      exchange.begin(client, request);
    } catch (error) {
      exchange.fail(error);
    }
    return exchange;
  }

  async drain(): Promise<void> {
    if (this.running.size > 0) await new Promise<void>((resolve) => (this.draining = resolve));
    this.agent.destroy();
  }

  destroy(): void {
    for (const exchange of this.running) exchange.abort();
    this.agent.destroy();
  }

  stats(): UpstreamClientStats {
    const count = (lists: NodeJS.ReadOnlyDict<unknown[]>): number =>
      Object.values(lists).reduce((sum, list) => sum + (list?.length ?? 0), 0);
    const idle = count(this.agent.freeSockets);
    return {
      open: idle + count(this.agent.sockets),
      idle,
      waiting: count(this.agent.requests),
      active: this.running.size,
    };
  }
}

type TimeoutCode = 'connect-timeout' | 'headers-timeout' | 'idle-timeout';

class NodeExchange implements Exchange {
  private client: ClientRequest | null = null;
  private response: IncomingMessage | null = null;
  private over = false;
  private timer: NodeJS.Timeout | null = null;
  private armedFor: TimeoutCode = 'connect-timeout';
  /** Neither the upstream has said 100 nor the client sent anything without it. */
  private expecting = false;

  constructor(
    private readonly handler: ExchangeHandler,
    private readonly options: UpstreamClientOptions,
    private readonly ended: (exchange: NodeExchange) => void,
  ) {}

  begin(client: ClientRequest, request: UpstreamRequest): void {
    this.client = client;
    this.expecting = request.expectsContinue;
    this.arm(this.options.connectTimeoutMs, 'connect-timeout');
    const waitForHead = (): void => this.arm(this.options.headersTimeoutMs, 'headers-timeout');
    client.on('socket', (socket) => {
      // The time to the response head counts from the end of the request, and no less from an expectation.
      const connected = (): void => {
        if (!this.over) this.handler.onConnected?.(performance.now());
        if (this.expecting || client.writableFinished) waitForHead();
        else this.disarm();
      };
      if (socket.connecting)
        socket.once(this.options.origin.startsWith('https:') ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    client.on('finish', () => this.response ?? waitForHead());
    client.on('continue', () => {
      this.stopExpecting();
      if (!this.over) this.handler.onInformation(100, []);
    });
    client.on('information', (info) => {
      if (!this.over && info.statusCode !== 100)
        this.handler.onInformation(info.statusCode, lowerNames(info.rawHeaders));
    });
    client.on('response', (response) => this.onResponse(response));
    client.on('upgrade', (response, socket: Duplex, head) => {
      if (this.over) return;
      if (request.upgrade === '') {
        socket.destroy();
        this.fail(new UpstreamError('malformed'));
        return;
      }
      this.finish();
      if (head.length > 0) socket.unshift(head);
      this.handler.onUpgrade(response.statusCode ?? 101, lowerNames(response.rawHeaders), socket);
    });
    client.on('error', (error) => this.fail(error));
    this.sendBody(client, request);
  }

  abort(): void {
    if (this.over) return;
    this.finish();
    this.client?.destroy();
  }

  resume(): void {
    this.response?.resume();
  }

  fail(error: unknown): void {
    if (this.over) return;
    this.finish();
    this.client?.destroy();
    this.handler.onError(toUpstreamError(error));
  }

  private onResponse(response: IncomingMessage): void {
    if (this.over) {
      response.destroy();
      return;
    }
    this.response = response;
    this.arm(this.options.idleTimeoutMs, 'idle-timeout');
    response.on('data', (chunk: Buffer) => {
      if (this.over) return;
      this.timer?.refresh();
      if (!this.handler.onData(chunk)) response.pause();
    });
    response.on('error', (error) => this.fail(error));
    response.on('end', () => {
      if (this.over) return;
      this.finish();
      this.handler.onEnd(lowerNames(response.rawTrailers));
      // An answer to a request that is still being sent: the connection cannot be told apart from its rest.
      if (this.client !== null && !this.client.writableFinished) this.client.destroy();
    });
    response.pause();
    this.handler.onHead(response.statusCode ?? 0, response.statusMessage ?? '', lowerNames(response.rawHeaders));
    response.resume();
  }

  private sendBody(client: ClientRequest, request: UpstreamRequest): void {
    const { body } = request;
    if (body === null || body instanceof Uint8Array) {
      client.end(body ?? undefined);
      return;
    }
    client.flushHeaders();
    body.on('data', (chunk: Buffer) => {
      if (this.over) return;
      this.stopExpecting();
      if (!client.write(chunk)) body.pause();
    });
    client.on('drain', () => body.resume());
    body.on('end', () => {
      if (this.over) return;
      const trailers = request.trailers?.() ?? [];
      if (trailers.length > 0) client.addTrailers(pairs(trailers));
      client.end();
    });
  }

  private stopExpecting(): void {
    if (!this.expecting) return;
    this.expecting = false;
    if (this.armedFor === 'headers-timeout') this.disarm();
  }

  private arm(timeoutMs: number, code: TimeoutCode): void {
    this.disarm();
    this.armedFor = code;
    if (timeoutMs > 0 && !this.over) this.timer = setTimeout(() => this.fail(new UpstreamError(code)), timeoutMs);
  }

  private disarm(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private finish(): void {
    this.over = true;
    this.disarm();
    this.ended(this);
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const out: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) out.push([flat[i], flat[i + 1]]);
  return out;
}

/** Field names as the interface wants them. */
function lowerNames(raw: readonly string[]): string[] {
  return raw.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));
}

function tlsOptions({ ca, serverName, cert, key }: UpstreamClientOptions): Record<string, string | undefined> {
  return {
    ca: ca ?? undefined,
    servername: serverName ?? undefined,
    cert: cert ?? undefined,
    key: key ?? undefined,
  };
}
