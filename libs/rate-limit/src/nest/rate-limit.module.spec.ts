import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ThrottlerGuard, Throttle } from '@nestjs/throttler';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LimiterThrottlerStorage } from './limiter.throttler-storage.js';
import { RateLimitModule } from './rate-limit.module.js';

let nowMs = 0;

@Controller()
@UseGuards(ThrottlerGuard)
class GreetingController {
  @Get('hello')
  hello(): string {
    return 'hello';
  }

  @Get('rare')
  @Throttle({ default: { ttl: 10_000, limit: 1 } })
  rare(): string {
    return 'rare';
  }
}

@Module({
  imports: [RateLimitModule.forRoot({ throttlers: [{ ttl: 2_000, limit: 2 }], now: () => nowMs })],
  controllers: [GreetingController],
})
class GreetingModule {}

describe('the guard of @nestjs/throttler over these limits', () => {
  let app: NestFastifyApplication;

  beforeEach(async () => {
    nowMs = 1_000;
    app = await NestFactory.create<NestFastifyApplication>(GreetingModule, new FastifyAdapter(), { logger: false });
    await app.init();
  });

  afterEach(() => app.close());

  const get = (url: string) => app.inject({ method: 'GET', url });

  it('lets the limit through, tells what is left, and refuses the rest', async () => {
    expect((await get('/hello')).headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' });
    expect((await get('/hello')).headers).toMatchObject({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' });
    const refused = await get('/hello');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1']);
  });

  it('lets in whoever waited, also when they asked in between', async () => {
    await get('/hello');
    await get('/hello');
    nowMs += 999;
    expect((await get('/hello')).statusCode).toBe(429);
    nowMs += 1;
    expect((await get('/hello')).statusCode).toBe(200);
  });

  it('takes limits from decorators, each with its own count', async () => {
    expect((await get('/rare')).statusCode).toBe(200);
    expect((await get('/rare')).headers['retry-after']).toBe('10');
    expect((await get('/hello')).statusCode).toBe(200);
  });
});

describe('the storage for @nestjs/throttler', () => {
  const storage = new LimiterThrottlerStorage({ now: () => 0 });

  it('refuses everything under a limit of none, and nothing in no time', async () => {
    expect(await storage.increment('k', 1_500, 0, 0, 'none')).toEqual({
      totalHits: 1,
      timeToExpire: 2,
      isBlocked: true,
      timeToBlockExpire: 2,
    });
    expect((await storage.increment('k', 0, 1, 0, 'none')).isBlocked).toBe(false);
  });

  it.each([
    ['allow', false],
    ['deny', true],
    ['local', false],
  ] as const)('does what it is told without a decision of Redis: %s', async (onStoreFailure, isBlocked) => {
    const gone = { status: 'end', evalsha: () => Promise.reject(new Error()), eval: () => Promise.reject(new Error()) };
    const without = new LimiterThrottlerStorage({ redis: gone, onStoreFailure });
    expect((await without.increment('k', 1_000, 1, 0, 'x')).isBlocked).toBe(isBlocked);
    expect((await without.increment('k', 1_000, 1, 0, 'x')).isBlocked).toBe(onStoreFailure !== 'allow');
    without.onModuleDestroy();
  });
});
