import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Post,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { anyGroupTag, everythingTag, groupTag, ResponseStore, routeTag, uriTag } from '@app/cache';
import { z } from 'zod';
import { compileUri } from '../../caching/cache-plan.js';
import { ResponseCache } from '../../caching/response-cache.js';
import { ConfigSnapshot } from '../../config/index.js';
import { hostOf } from '../../edge/authority.js';
import { normalizePath } from '../../edge/normalize-path.js';
import { CACHE_DROP } from '../../caching/tell-workers.js';
import { WHOLE_PROCESS, type WholeProcess } from '../../workers/whole-process.js';
import { CheckedBody } from './checked-body.pipe.js';

const purge = z.union(
  [
    z.strictObject({ url: z.url({ protocol: /^https?$/ }) }),
    z.strictObject({ route: z.string().min(1) }),
    z.strictObject({
      group: z.string().min(1).max(128),
      origin: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Scheme and host whose group is meant; without it, that of every origin.'),
    }),
  ],
  { error: 'must be { url }, { route } or { group, origin }' },
);

/** What one worker stores. */
interface Holdings {
  readonly size: number;
  readonly bytes: number;
}

interface Purged {
  /** Keys that were in the memory of this gateway. */
  readonly entries: number;
  /** Whether Redis knows of it, and by it the other gateways; null without Redis. */
  readonly shared: boolean | null;
}

const purged = {
  schema: {
    type: 'object',
    properties: { entries: { type: 'number' }, shared: { type: 'boolean', nullable: true } },
  },
} as const;

@ApiTags('cache')
@Controller('admin/cache')
export class CacheController {
  constructor(
    @Inject(ResponseCache) private readonly cache: ResponseCache,
    @Inject(ResponseStore) memory: ResponseStore,
    @Inject(ConfigSnapshot) private readonly snapshot: ConfigSnapshot,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
  ) {
    whole.answer('cache.holdings', (): Holdings => ({ size: memory.size, bytes: memory.bytes }));
  }

  /** What is stored in the memory of this gateway. */
  @Get()
  @ApiOperation({ summary: 'What is stored in the memory of this gateway' })
  async holdings(): Promise<{ enabled: boolean; entries: number; bytes: number; bytesMax: number; redis: boolean }> {
    const { enabled, memoryBytesMax } = this.snapshot.config.cache;
    const all = await this.whole.ask<Holdings>('cache.holdings');
    const entries = all.reduce((sum, { size }) => sum + size, 0);
    const bytes = all.reduce((sum, each) => sum + each.bytes, 0);
    return { enabled, entries, bytes, bytesMax: memoryBytesMax, redis: this.cache.asksRemote };
  }

  /** Drops the responses of a URL (for every user), of a route, or of a cache group (RFC 9875). */
  @Post('purge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Drop the stored responses of a URL, a route or a cache group' })
  @ApiBody({
    schema: {
      oneOf: [
        { type: 'object', required: ['url'], properties: { url: { type: 'string', format: 'uri' } } },
        { type: 'object', required: ['route'], properties: { route: { type: 'string' } } },
        {
          type: 'object',
          required: ['group'],
          properties: { group: { type: 'string' }, origin: { type: 'string', format: 'uri' } },
        },
      ],
    },
  })
  @ApiOkResponse(purged)
  purge(@Body(new CheckedBody(purge)) what: z.output<typeof purge>): Promise<Purged> {
    if ('url' in what) return this.invalidate(this.tagsOfUrl(what.url));
    if ('route' in what) {
      if (!this.snapshot.config.routes.some(({ id }) => id === what.route))
        throw new NotFoundException('no such route');
      return this.invalidate([routeTag(what.route)]);
    }
    const { origin, group } = what;
    return this.invalidate([origin === undefined ? anyGroupTag(group) : groupTag(uriOrigin(origin), group)]);
  }

  /** Drops everything. */
  @Delete()
  @ApiOperation({ summary: 'Drop every stored response' })
  @ApiOkResponse(purged)
  clear(): Promise<Purged> {
    return this.invalidate([everythingTag]);
  }

  private async invalidate(tags: readonly string[]): Promise<Purged> {
    const dropped = await this.whole.ask<number>(CACHE_DROP, tags);
    const { entries, shared } = this.cache.invalidate(tags);
    return { entries: dropped.reduce((sum, each) => sum + each, entries), shared: await shared };
  }

  /** The URL as keys have it, which depends on what a route makes of queries. */
  private tagsOfUrl(text: string): string[] {
    const { protocol, host: authority, pathname, search } = new URL(text);
    const { server, routes } = this.snapshot.config;
    const host = hostOf(authority);
    const path = normalizePath(pathname, server.encodedSlash === 'keep');
    if (host === null || path === null) throw new BadRequestException('no request has such a URL');
    const head = { scheme: protocol === 'https:' ? 'https' : 'http', host, authority, path, query: search } as const;
    return [
      ...new Set([undefined, ...routes.map(({ cache }) => cache)].map((cache) => uriTag(compileUri(cache)(head)))),
    ];
  }
}

function uriOrigin(text: string): string {
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}`;
}
