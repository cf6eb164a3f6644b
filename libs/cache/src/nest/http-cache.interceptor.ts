import { Cache, CACHE_KEY_METADATA, CACHE_TTL_METADATA, CacheInterceptor } from '@nestjs/cache-manager';
import { Inject, Injectable, StreamableFile, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';
import { of, tap, type Observable } from 'rxjs';
import { parseCacheControl } from '../core/cache-control.js';
import { uriKey } from '../core/cache-key.js';
import { joinedValue } from '../core/field-list.js';
import { bornAtMs, freshnessLifetimeMs } from '../core/freshness.js';
import { readRequestFacts } from '../core/request-facts.js';
import { isForEverybody, mayStore, understoodStatuses } from '../core/storage.policy.js';
import { storedFields } from '../core/stored-response.js';

/** What is stored of a handler's result. */
interface StoredResult {
  readonly value: unknown;
  readonly status: number;
  /** What the handler has set, flat; not what was there before it. */
  readonly fields: readonly string[];
  readonly bornAtMs: number;
  readonly freshUntilMs: number;
  /** It may also be given to a request with credentials. */
  readonly forEverybody: boolean;
}

/** What Fastify's reply and Express's response have in common. */
interface Reply {
  readonly statusCode: number;
  getHeaders(): OutgoingHttpHeaders;
}

/** What was known before the handler ran. */
interface Asked {
  readonly credentials: boolean;
  readonly ttlMs: number | null;
  readonly atMs: number;
  readonly fields: OutgoingHttpHeaders;
}

const rules = { statuses: new Set(understoodStatuses), everythingPublic: false, dropSetCookie: false };

/**
 * Caches what handlers of GET return, by the rules of the gateway's own cache: what may be meant for one person is given
 * to nobody else, `Cache-Control` of the request and of the response is followed, and `@CacheTTL` is for responses that
 * say nothing. `@CacheKey` takes the place of the URI. Status and fields that a handler sets are kept with what it
 * returns. What varies is not cached.
 */
@Injectable()
export class HttpCacheInterceptor extends CacheInterceptor {
  constructor(
    @Inject(Cache) private readonly cache: Cache,
    @Inject(Reflector) reflector: Reflector,
  ) {
    super(cache, reflector);
  }

  override async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const { method, rawHeaders } = rawOf(http.getRequest<IncomingMessage | { raw: IncomingMessage }>());
    const reply = http.getResponse<Reply>();
    const facts = readRequestFacts(rawHeaders);
    const key = method === 'GET' && !facts.opaque && !facts.control.noStore ? this.trackBy(context) : undefined;
    if (key === undefined) return next.handle();
    const nowMs = Date.now();
    const stored = facts.control.noCache ? undefined : await this.cache.get<StoredResult>(key);
    const { httpAdapter } = this.httpAdapterHost;
    if (stored !== undefined && nowMs < stored.freshUntilMs && (stored.forEverybody || !facts.credentials)) {
      const ttlS = Math.floor((stored.freshUntilMs - nowMs) / 1000);
      httpAdapter.status(reply, stored.status);
      for (let i = 0; i < stored.fields.length; i += 2) {
        httpAdapter.setHeader(reply, stored.fields[i], stored.fields[i + 1]);
      }
      httpAdapter.setHeader(reply, 'age', String(Math.max(0, Math.floor((nowMs - stored.bornAtMs) / 1000))));
      httpAdapter.setHeader(reply, 'cache-status', `nest; hit; ttl=${ttlS}`);
      return of(stored.value);
    }
    httpAdapter.setHeader(reply, 'cache-status', 'nest; fwd=miss');
    const asked: Asked = {
      credentials: facts.credentials,
      ttlMs: await this.ttlOf(context),
      atMs: nowMs,
      fields: reply.getHeaders(),
    };
    return next.handle().pipe(
      tap((value: unknown) => {
        if (value instanceof StreamableFile) return;
        void this.store(key, value, reply, asked);
      }),
    );
  }

  protected override trackBy(context: ExecutionContext): string | undefined {
    const named: unknown = this.reflector.get(CACHE_KEY_METADATA, context.getHandler());
    if (typeof named === 'function') return (named as (context: ExecutionContext) => string)(context);
    if (typeof named === 'string') return named;
    const {
      headers,
      socket,
      url = '/',
    } = rawOf(context.switchToHttp().getRequest<IncomingMessage | { raw: IncomingMessage }>());
    const authority = (headers.host ?? '').toLowerCase();
    return uriKey('encrypted' in socket ? 'https' : 'http', authority.replace(/:\d*$/, ''), authority, url, '');
  }

  private async ttlOf(context: ExecutionContext): Promise<number | null> {
    const given: unknown =
      this.reflector.get(CACHE_TTL_METADATA, context.getHandler()) ??
      this.reflector.get(CACHE_TTL_METADATA, context.getClass());
    if (typeof given === 'function') return (given as (context: ExecutionContext) => number | Promise<number>)(context);
    return typeof given === 'number' ? given : null;
  }

  private async store(key: string, value: unknown, reply: Reply, asked: Asked): Promise<void> {
    const { statusCode } = reply;
    const fields = fieldsOf(reply);
    const nowMs = Date.now();
    const control = parseCacheControl(joinedValue(fields, 'cache-control'));
    if (control.noCache || joinedValue(fields, 'vary') !== '') return;
    if (!mayStore(statusCode, fields, control, asked.credentials, rules)) return;
    const lifetimeMs = freshnessLifetimeMs(statusCode, fields, control, nowMs, {
      ttlMs: asked.ttlMs,
      heuristicPercent: 0,
    });
    const born = bornAtMs(fields, asked.atMs, nowMs);
    const leftMs = Math.floor(born + lifetimeMs - nowMs);
    if (lifetimeMs < 0 || leftMs <= 0) return;
    const stored: StoredResult = {
      value,
      status: statusCode,
      fields: storedFields(fieldsSince(reply, asked.fields), control, nowMs),
      bornAtMs: born,
      freshUntilMs: born + lifetimeMs,
      forEverybody: isForEverybody(control),
    };
    // A store that fails is slower, and no error.
    await this.cache.set(key, stored, leftMs).catch(() => undefined);
  }
}

/** Fastify wraps Node's request, Express extends it. */
function rawOf(request: IncomingMessage | { raw: IncomingMessage }): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

function fieldsOf(reply: Reply): string[] {
  return flat(Object.entries(reply.getHeaders()));
}

/** What was not there, or not so, before. */
function fieldsSince(reply: Reply, before: OutgoingHttpHeaders): string[] {
  return flat(Object.entries(reply.getHeaders()).filter(([name, value]) => value !== before[name]));
}

/** Several values of a field become one list (RFC 9110 section 5.3). */
function flat(fields: [name: string, value: OutgoingHttpHeader | undefined][]): string[] {
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [name, [value].flat().join(', ')]));
}
