import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Lifecycle } from '../pipeline/lifecycle.js';

@Controller('ready')
export class ReadyController {
  constructor(@Inject(Lifecycle) private readonly lifecycle: Lifecycle) {}

  /** 200 while the gateway takes new requests, 503 while it starts or drains. */
  @Get()
  ready(@Res({ passthrough: true }) reply: FastifyReply): { status: string } {
    if (!this.lifecycle.ready) reply.code(503).header('retry-after', '1').header('connection', 'close');
    return { status: this.lifecycle.phase };
  }
}
