import { Body, Controller, Get, HttpException, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SchemaPipe } from '../service/schema.pipe.js';
import { openEventStream } from './event-stream.js';
import {
  notificationInputSchema,
  socketQuerySchema,
  streamQuerySchema,
  type Notification,
  type NotificationInput,
  type SocketQuery,
  type StreamQuery,
} from './notification.schema.js';
import { NotificationsHub } from './notifications.hub.js';

@Controller('api/v1/notifications')
export class NotificationsController {
  constructor(private readonly hub: NotificationsHub) {}

  @Get()
  list(): { items: readonly Notification[]; total: number } {
    return this.hub.list();
  }

  @Post()
  publish(
    @Body(new SchemaPipe(notificationInputSchema)) input: NotificationInput,
  ): Notification & { listeners: number } {
    const { notification, listeners } = this.hub.publish(input);
    return { ...notification, listeners };
  }

  @Get('stream')
  stream(
    @Query(new SchemaPipe(streamQuerySchema)) query: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    reply.hijack();
    if (request.method === 'HEAD') reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).end();
    else openEventStream(reply.raw, query, this.hub);
  }

  /** Only what is no WebSocket handshake, or a handshake with a bad query, arrives here. */
  @Get('ws')
  refuse(
    @Query(new SchemaPipe(socketQuerySchema)) _query: SocketQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): never {
    // 426 must name the protocol (RFC 9110 section 15.5.22), and the field is hop-by-hop (section 7.8).
    reply.header('upgrade', 'websocket').header('connection', 'upgrade');
    throw new HttpException('This path speaks WebSocket only.', 426);
  }
}
