import { Controller, Get, Inject, Param, Res, NotFoundException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ConsoleStream } from './console-stream.js';
import { consoleFiles } from './files.generated.js';

// Nothing but what this gateway serves itself.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  'console.html': 'text/html; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
};

/** One page that shows what the gateway does now. */
@ApiExcludeController()
@Controller('console')
export class ConsoleController {
  constructor(@Inject(ConsoleStream) private readonly stream: ConsoleStream) {}

  @Get()
  page(@Res() reply: FastifyReply): void {
    this.send(reply, 'console.html');
  }

  /** What is happening, every two seconds, as server-sent events. */
  @Get('events')
  events(@Res() reply: FastifyReply): void {
    if (!this.stream.hasRoom) {
      void reply.code(503).header('retry-after', '10').send();
      return;
    }
    reply.hijack();
    this.stream.add(reply.raw);
  }

  @Get(':name')
  file(@Param('name') name: string, @Res() reply: FastifyReply): void {
    if (!Object.hasOwn(consoleFiles, name)) throw new NotFoundException();
    this.send(reply, name);
  }

  private send(reply: FastifyReply, name: string): void {
    void reply
      .headers({ 'content-type': TYPES[name], 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' })
      .send(consoleFiles[name]);
  }
}
