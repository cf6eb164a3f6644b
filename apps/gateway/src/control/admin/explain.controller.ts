import { BadRequestException, Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isIP } from 'node:net';
import { z } from 'zod';
import { DataPlane } from '../../pipeline/data-plane.js';
import type { Explanation } from '../../pipeline/explain.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

const questionSchema = z.strictObject({
  method: z.string().regex(TOKEN, 'must be an HTTP method').toUpperCase().default('GET'),
  url: z.string().min(1, 'must be a path or a URL').max(8_192),
  header: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat())
    .pipe(z.array(z.string().regex(LINE, 'must be "name: value"')).max(100))
    .default([]),
  client: z
    .string()
    .refine((text) => isIP(text) > 0, 'must be an IP address')
    .default('127.0.0.1'),
});

/** What would become of a request: which route takes it, which stages it passes, with which settings. */
@ApiTags('explain')
@ApiBearerAuth()
@Controller('admin/explain')
export class ExplainController {
  constructor(@Inject(DataPlane) private readonly plane: DataPlane) {}

  /** Answers without sending anything. */
  @Get()
  @ApiOperation({ summary: 'What would become of a request' })
  @ApiQuery({ name: 'url', description: 'Path with query, or a whole URL.' })
  @ApiQuery({ name: 'method', required: false, description: 'Default: GET.' })
  @ApiQuery({ name: 'header', required: false, isArray: true, description: '`name: value`, once for each field.' })
  @ApiQuery({
    name: 'client',
    required: false,
    description: 'Address that the request comes from. Default: 127.0.0.1.',
  })
  explain(@Query() query: unknown): Explanation {
    const asked = questionSchema.safeParse(query);
    if (!asked.success) {
      throw new BadRequestException(
        asked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      );
    }
    const { method, url, header, client } = asked.data;
    const headers = header.flatMap((line) => LINE.exec(line)?.slice(1, 3) ?? []);
    return this.plane.explain({ method, target: url, headers, clientAddress: client });
  }
}
