import { Readable } from 'node:stream';
import { Controller, Get, Inject, Req, StreamableFile } from '@nestjs/common';
import { acceptedFormat, expositionTypes, familiesOf, writeExposition } from '@app/observability';
import type { FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';

@Controller()
export class MetricsController {
  constructor(@Inject(Registry) private readonly registry: Registry) {}

  /**
   * Metrics in the text format of Prometheus, or in OpenMetrics with exemplars when `Accept` asks for it. Written as
   * they are read: a reader that stops holds a chunk, not the whole.
   */
  @Get()
  metrics(@Req() request: FastifyRequest): StreamableFile {
    const format = acceptedFormat(request.headers.accept);
    const exposition = writeExposition(familiesOf(this.registry), format);
    return new StreamableFile(Readable.from(exposition, { objectMode: false }), { type: expositionTypes[format] });
  }
}
