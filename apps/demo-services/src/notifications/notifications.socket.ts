import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { FaultsHook } from '../faults/faults.hook.js';
import { requestedFaults } from '../faults/requested-faults.js';
import { socketQuerySchema } from './notification.schema.js';
import { NotificationsHub } from './notifications.hub.js';

const PATH = '/api/v1/notifications/ws';
/** Largest message taken, in bytes. A larger one closes the socket with 1009. */
const MESSAGE_BYTES_MAX = 1024 * 1024;
/** Bytes that a reader may leave unread before it is dropped. */
const UNREAD_BYTES_MAX = 4 * MESSAGE_BYTES_MAX;
/** Time a client has to answer the goodbye of a closing service, in milliseconds. */
const GOODBYE_MS = 500;

/** The WebSocket beside the stream: it echoes what it is sent and pushes a tick every second and what is published. */
@Injectable()
export class NotificationsSocket implements OnModuleInit, OnModuleDestroy {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX });

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly hub: NotificationsHub,
    private readonly faults: FaultsHook,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const everyMs = socketQuery(request).data?.everyMs ?? 1000;
      const accept = () => this.sockets.handleUpgrade(request, socket, head, (client) => this.serve(client, everyMs));
      const parsed = requestedFaults(request);
      const delayMs = 'faults' in parsed ? parsed.faults.delayMs : 0;
      if (delayMs === 0) accept();
      else this.faults.delay(delayMs, socket, accept);
    });
    // What is not taken here goes on as an ordinary request, and is refused or made to fail there.
    Object.assign(server, { shouldUpgradeCallback: isHandshake });
  }

  onModuleDestroy(): void {
    const clients = [...this.sockets.clients];
    setTimeout(() => clients.forEach((client) => client.terminate()), GOODBYE_MS).unref();
  }

  private serve(client: WebSocket, everyMs: number): void {
    let ticks = 0;
    const send = (message: object) => {
      client.send(JSON.stringify(message));
      if (client.bufferedAmount > UNREAD_BYTES_MAX) client.terminate();
    };
    const timer = setInterval(() => {
      ticks += 1;
      send({ tick: { number: ticks, at: new Date().toISOString() } });
    }, everyMs);
    const unsubscribe = this.hub.subscribe({
      notify: (notification) => send({ notification }),
      close: () => client.close(1001, 'The service is closing.'),
    });
    client.on('message', (data, isBinary) => send(echo(data, isBinary)));
    client.on('error', () => client.terminate());
    client.on('close', () => {
      clearInterval(timer);
      unsubscribe();
    });
  }
}

function isHandshake(request: IncomingMessage): boolean {
  const parsed = requestedFaults(request);
  return (
    request.method === 'GET' &&
    request.headers.upgrade?.toLowerCase() === 'websocket' &&
    request.url?.split('?', 1)[0] === PATH &&
    socketQuery(request).success &&
    'faults' in parsed &&
    parsed.faults.outcome.kind === 'pass'
  );
}

function socketQuery(request: IncomingMessage) {
  const query = request.url?.split('?').slice(1).join('?');
  return socketQuerySchema.safeParse(Object.fromEntries(new URLSearchParams(query)));
}

function echo(data: RawData, isBinary: boolean): { echo: string; encoding?: 'base64' } {
  // The other kinds come only to those who set `binaryType`.
  const bytes = data as Buffer;
  return isBinary ? { echo: bytes.toString('base64'), encoding: 'base64' } : { echo: bytes.toString() };
}
