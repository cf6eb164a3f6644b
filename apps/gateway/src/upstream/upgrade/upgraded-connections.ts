import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import { removeField } from '../../pipeline/contract/response-head.js';
import { takeResponseFields } from '../response-fields.js';
import { MessageBoundary } from './message-boundary.js';

/** Close frame with status 1001, going away (RFC 6455 section 7.4.1), as a server sends it. */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
/** Time that a client gets to answer a close frame. */
const CLOSE_GRACE_MS = 1_000;

interface Pair {
  readonly client: Duplex;
  readonly upstream: Duplex;
  /** Frames towards the client; null when the protocol is not WebSocket. */
  readonly boundary: MessageBoundary | null;
  closing: boolean;
}

/** Connections that have left HTTP: bytes pass both ways, with backpressure, until one side ends. */
export class UpgradedConnections {
  private readonly pairs = new Set<Pair>();

  get size(): number {
    return this.pairs.size;
  }

  /** Tells the client that the upstream has switched, and joins the two. */
  join(context: RequestContext, status: number, headers: string[], upstream: Duplex, idleMs: number): void {
    const client = context.upgradeSocket;
    if (client === null || client.destroyed) {
      upstream.destroy();
      return;
    }
    const { response, head } = context;
    takeResponseFields(headers);
    removeField(headers, 'content-length');
    headers.push('connection', 'upgrade', 'upgrade', head.upgrade);
    context.flow.begin(context, { status, statusText: '', headers });
    response.flushHeaders();
    response.detachSocket(client as Socket);
    const pair: Pair = {
      client,
      upstream,
      boundary: head.upgrade === 'websocket' ? new MessageBoundary() : null,
      closing: false,
    };
    this.pairs.add(pair);
    this.connect(context, pair, idleMs);
  }

  /** Says goodbye to every client: WebSocket ones get a close frame, others the end of the stream. */
  closeAll(): void {
    for (const pair of this.pairs) {
      if (pair.closing) continue;
      pair.closing = true;
      if (pair.boundary === null || pair.boundary.reached) sayGoodbye(pair);
    }
  }

  destroyAll(): void {
    for (const { client, upstream } of this.pairs) {
      client.destroy();
      upstream.destroy();
    }
  }

  private connect(context: RequestContext, pair: Pair, idleMs: number): void {
    const { client, upstream, boundary } = pair;
    const close = (): void => {
      client.destroy();
      upstream.destroy();
      this.pairs.delete(pair);
    };
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', close);
      from.on('close', close);
      from.on('end', () => to.end());
      from.on('drain', () => to.resume());
    }
    client.on('data', (chunk: Buffer) => {
      if (!upstream.write(chunk)) client.pause();
    });
    upstream.on('data', (chunk: Buffer) => {
      if (client.writableEnded) return;
      context.responseBodyBytes += chunk.length;
      boundary?.feed(chunk);
      if (!client.write(chunk)) upstream.pause();
      if (pair.closing && boundary?.reached === true) sayGoodbye(pair);
    });
    // What one side sends is written to the other, so the timer of either tells of both.
    for (const socket of [client, upstream] as Socket[]) {
      socket.setNoDelay(true);
      socket.setTimeout(idleMs, close);
    }
  }
}

function sayGoodbye(pair: Pair): void {
  const { client, upstream, boundary } = pair;
  if (client.writableEnded) return;
  if (boundary === null) client.end();
  else client.end(GOING_AWAY);
  const timer = setTimeout(() => {
    client.destroy();
    upstream.destroy();
  }, CLOSE_GRACE_MS);
  timer.unref();
  client.once('close', () => clearTimeout(timer));
}
