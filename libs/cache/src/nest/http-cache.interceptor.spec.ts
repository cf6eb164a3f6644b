import { Controller, Get, Header, Res, UseInterceptors } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpCacheInterceptor } from './http-cache.interceptor.js';
import { TwoTierCacheModule } from './two-tier-cache.module.js';

interface Reply {
  status(code: number): Reply;
  header(name: string, value: string | readonly string[]): Reply;
}

let made = 0;

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class Reports {
  @Get('gone')
  gone(@Res({ passthrough: true }) reply: Reply): string {
    reply.status(410).header('cache-control', 'max-age=60').header('content-type', 'text/csv');
    return `gone,${++made}`;
  }

  @Get('linked')
  @Header('x-static', 'yes')
  linked(@Res({ passthrough: true }) reply: Reply): string {
    reply
      .header('cache-control', 'max-age=60, no-cache="x-once"')
      .header('link', ['</a>', '</b>'])
      .header('x-once', String(++made))
      .header('etag', '"1"');
    return 'linked';
  }
}

let app: NestFastifyApplication;

beforeEach(async () => {
  made = 0;
  const module = await Test.createTestingModule({
    imports: [TwoTierCacheModule.forRoot({ redis: null, bytesMax: 100_000, ttlMs: 1_000 })],
    controllers: [Reports],
  }).compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  let asked = 0;
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (_, reply, done) => {
      void reply.header('x-request-number', String(++asked));
      done();
    });
  await app.init();
});

afterEach(() => app.close());

describe('what is kept of a handler', () => {
  it('is its status and its type too', async () => {
    const first = await app.inject('/gone');
    const second = await app.inject('/gone');
    expect([first.statusCode, second.statusCode]).toEqual([410, 410]);
    expect([first.body, second.body]).toEqual(['gone,1', 'gone,1']);
    expect(second.headers).toMatchObject({ 'content-type': first.headers['content-type'], age: '0' });
  });

  it('is what it has set, and neither what it withholds nor what others have set', async () => {
    await app.inject('/linked');
    const { headers } = await app.inject('/linked');
    expect(headers).toMatchObject({
      'cache-status': expect.stringContaining('nest; hit'),
      'cache-control': 'max-age=60, no-cache="x-once"',
      link: '</a>, </b>',
      etag: '"1"',
      'x-static': 'yes',
      'x-request-number': '2',
    });
    expect(headers).not.toHaveProperty('x-once');
  });
});
