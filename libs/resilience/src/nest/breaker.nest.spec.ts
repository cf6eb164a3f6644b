import { Controller, Get, type ExecutionContext, type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  BreakerHealthIndicator,
  BreakerInterceptor,
  BreakerRegistry,
  ResilienceModule,
  UseBreaker,
  type BreakerTransition,
  type ResilienceModuleOptions,
} from '@app/resilience';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { call } from '../../../../test/helpers/call.js';
import { eventually } from '../../../../test/helpers/eventually.js';

const settings = {
  failureRatePercent: 50,
  volumeThreshold: 1,
  windowMs: 10_000,
  halfOpenProbes: 1,
};

@Controller()
@UseBreaker('ofTheClass')
class Guarded {
  static failing = true;

  @Get('class')
  ofTheClass(): string {
    if (Guarded.failing) throw new Error('broken');
    return 'fine';
  }

  @Get('handler')
  @UseBreaker('ofTheHandler')
  ofTheHandler(): string {
    return 'fine';
  }

  @Get('unknown')
  @UseBreaker('nobody')
  unknown(): string {
    return 'never';
  }
}

let app: INestApplication | null = null;
let told: BreakerTransition[];

afterEach(async () => {
  await app?.close();
  app = null;
});

async function start(resetMs = 50): Promise<string> {
  Guarded.failing = true;
  told = [];
  const options: ResilienceModuleOptions = {
    breakers: { ofTheClass: { ...settings, resetMs }, ofTheHandler: { ...settings, resetMs } },
    onTransition: (transition) => told.push(transition),
  };
  const resilience = ResilienceModule.forRoot({ isGlobal: true, ...options });
  const testing = await Test.createTestingModule({ imports: [resilience], controllers: [Guarded] }).compile();
  app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

describe('the breaker of a handler', () => {
  it('is that of its class, unless it has its own', async () => {
    const url = await start(3_600_000);
    expect((await call(`${url}/class`)).status).toBe(500);
    const reply = await call(`${url}/class`);
    expect(reply.status).toBe(503);
    expect(Number(reply.field('retry-after'))).toBeGreaterThan(3_500);
    expect((await call(`${url}/handler`)).status).toBe(200);
    expect(told).toEqual([{ name: 'ofTheClass', from: 'closed', to: 'open', forced: false }]);
  });

  it('lets it be called again when a probe succeeds', async () => {
    const url = await start();
    expect((await call(`${url}/class`)).status).toBe(500);
    Guarded.failing = false;
    const breaker = app?.get(BreakerRegistry).get('ofTheClass');
    await eventually('half-open', () => breaker?.state === 'half-open');
    expect((await call(`${url}/class`)).text).toBe('fine');
    expect(breaker?.state).toBe('closed');
  });

  it('that does not exist fails the request', async () => {
    expect((await call(`${await start()}/unknown`)).status).toBe(500);
  });

  it('gets its place back when nobody waits for the result of a probe any more', async () => {
    await start();
    const breaker = app?.get(BreakerRegistry).get('ofTheHandler');
    breaker?.force('open');
    breaker?.force(null);
    await eventually('half-open', () => breaker?.state === 'half-open');
    const handler = Object.getOwnPropertyDescriptor(Guarded.prototype, 'ofTheHandler')?.value as () => string;
    const context = { getHandler: () => handler, getClass: () => Guarded, getType: () => 'http' };
    const result = app
      ?.get(BreakerInterceptor)
      .intercept(context as unknown as ExecutionContext, { handle: () => NEVER });
    const waiting = result?.subscribe();
    expect(breaker?.admits).toBe(false);
    waiting?.unsubscribe();
    expect([breaker?.admits, breaker?.state]).toEqual([true, 'half-open']);
  });
});

describe('the health of a breaker', () => {
  it('is down while it is open', async () => {
    await start();
    const indicator = app?.get(BreakerHealthIndicator);
    const breaker = app?.get(BreakerRegistry).get('ofTheHandler');
    expect(indicator?.check('ofTheHandler')).toEqual({
      'breaker:ofTheHandler': { status: 'up', state: 'closed', forced: null },
    });
    breaker?.force('open');
    expect(indicator?.check('ofTheHandler', 'orders')).toEqual({
      orders: { status: 'down', state: 'open', forced: 'open' },
    });
  });

  it('needs a breaker of that name', async () => {
    await start();
    expect(() => app?.get(BreakerHealthIndicator).check('nobody')).toThrow('no breaker is called nobody');
  });
});
