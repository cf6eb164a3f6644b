import { Readable } from 'node:stream';
import { Controller, Get, Inject, Req, StreamableFile } from '@nestjs/common';
import { acceptedFormat, expositionTypes, writeExposition } from '@app/observability';
import type { FastifyRequest } from 'fastify';
import { WholeMetrics } from './whole-metrics.js';

@Controller()
export class MetricsController {
  constructor(@Inject(WholeMetrics) private readonly whole: WholeMetrics) {}

  /**
   * Metrics in the text format of Prometheus, or in OpenMetrics with exemplars when `Accept` asks for it. Written as
   * they are read: a reader that stops holds a chunk, not the whole.
   */
  @Get()
  async metrics(@Req() request: FastifyRequest): Promise<StreamableFile> {
    const format = acceptedFormat(request.headers.accept);
    const exposition = writeExposition(await this.whole.families(), format);
    return new StreamableFile(Readable.from(exposition, { objectMode: false }), { type: expositionTypes[format] });
  }
}
