import { Controller, Get, HttpException, Module, Query, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  Breaker,
  BreakerHealthIndicator,
  BreakerRegistry,
  REFUSED,
  ResilienceModule,
  UseBreaker,
  type AnyBreaker,
  type BreakerSettings,
} from '@app/resilience';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Breakers } from '../../apps/gateway/src/resilience/breakers.js';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { commonMemory } from '../helpers/threads/common-memory.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

/** What the guarded side does with a call: answers with a status, or breaks down. */
type Outcome = number | 'breaks';

/** One way to stand behind a breaker. */
interface Driver {
  /** Makes a call. @returns whether it reached the guarded side, and what Retry-After says when it did not */
  call(outcome: Outcome): Promise<{ reached: boolean; retryAfterS: number | null }>;
  readonly breaker: AnyBreaker;
  /** Its state as the health of the application tells it. */
  health(): Promise<string>;
  close(): Promise<void>;
}

/** The bare core, used as a caller would. */
const driveCore = (settings: BreakerSettings): Promise<Driver> => driverOf(new Breaker('b', settings));

/** The core of one of two workers. */
function driveShared(settings: BreakerSettings): Promise<Driver> {
  const breaker = new BreakerRegistry({ b: settings }, undefined, undefined, commonMemory(new Map(), 2, 0)).get('b');
  if (breaker === undefined) throw new Error('there is no breaker');
  return driverOf(breaker);
}

function driverOf(breaker: AnyBreaker): Promise<Driver> {
  return Promise.resolve({
    breaker,
    call(outcome) {
      const pass = breaker.enter();
      if (pass === REFUSED) {
        return Promise.resolve({ reached: false, retryAfterS: Math.max(1, Math.ceil(breaker.retryInMs / 1000)) });
      }
      breaker.leave(pass, outcome === 'breaks' || outcome >= 500);
      return Promise.resolve({ reached: true, retryAfterS: null });
    },
    health: () => Promise.resolve(breaker.state),
    close() {
      breaker.stop();
      return Promise.resolve();
    },
  });
}

/** The interceptor before a handler of an ordinary Nest app. */
async function driveNest(settings: BreakerSettings): Promise<Driver> {
  let reached = 0;

  @Controller()
  class Guarded {
    @Get()
    @UseBreaker('b')
    answer(@Query('outcome') outcome: string): string {
      reached++;
      if (outcome === 'breaks') throw new Error('broken');
      if (Number(outcome) >= 400) throw new HttpException('no', Number(outcome));
      return 'yes';
    }
  }

  @Module({
    imports: [ResilienceModule.forRoot({ breakers: { b: settings }, onTransition: () => undefined })],
    controllers: [Guarded],
  })
  class App {}

  const app: INestApplication = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    breaker: app.get(BreakerRegistry).all()[0],
    async call(outcome) {
      const before = reached;
      const reply = await call(`${url}/?outcome=${outcome}`);
      return { reached: reached > before, retryAfterS: retryAfterOf(reply.field('retry-after')) };
    },
    health: () =>
      Promise.resolve(String(app.get(BreakerHealthIndicator).check('b', 'the breaker')['the breaker'].state)),
    close: () => app.close(),
  };
}

/** The stage of the gateway before a real upstream. */
async function driveStage(settings: BreakerSettings): Promise<Driver> {
  let outcome: Outcome = 200;
  const upstream: HttpUpstream = await startHttpUpstream((request, response) => {
    if (outcome === 'breaks') request.socket.destroy();
    else response.writeHead(outcome).end();
  });
  const gateway: RunningGateway = await startGateway({
    upstreams: { b: { targets: [{ url: upstream.url }], breaker: settings } },
    routes: [{ id: 'r', match: { path: '/' }, upstream: 'b' }],
  });
  return {
    breaker: gateway.gateway.app.get(Breakers).all()[0],
    async call(next) {
      outcome = next;
      const before = upstream.requests.length;
      const reply = await call(gateway.url);
      return { reached: upstream.requests.length > before, retryAfterS: retryAfterOf(reply.field('retry-after')) };
    },
    async health() {
      const { details } = (await call(`${gateway.url}/health`)).json as {
        details: Record<string, { breaker: string }>;
      };
      return details['upstream:b'].breaker;
    },
    async close() {
      await gateway.close();
      await upstream.close();
    },
  };
}

function retryAfterOf(field: string | undefined): number | null {
  return field === undefined ? null : Number(field);
}

const faces = [
  ['the core', driveCore],
  ['the core that workers share', driveShared],
  ['the Nest interceptor', driveNest],
  ['the stage', driveStage],
] as const;

const settings: BreakerSettings = {
  failureRatePercent: 50,
  volumeThreshold: 4,
  windowMs: 60_000,
  resetMs: 60_000,
  halfOpenProbes: 1,
};

const passed = true;
const refused = false;

type Step = readonly [outcome: Outcome, reached: boolean] | 'half-open';

/** What a breaker does, whoever stands before it. */
const table: readonly [what: string, settings: Partial<BreakerSettings>, steps: readonly Step[], end: string][] = [
  [
    'lets successes through',
    {},
    [
      [200, passed],
      [204, passed],
      [200, passed],
      [200, passed],
      [200, passed],
    ],
    'closed',
  ],
  [
    'counts no 4xx',
    {},
    [
      [400, passed],
      [404, passed],
      [429, passed],
      [422, passed],
      [400, passed],
    ],
    'closed',
  ],
  [
    'opens at the rate, once there is volume',
    {},
    [
      [500, passed],
      [503, passed],
      [200, passed],
      [200, passed],
      ['breaks', passed],
      [200, refused],
      [200, refused],
    ],
    'open',
  ],
  [
    'stays closed below the rate',
    {},
    [
      [200, passed],
      [200, passed],
      [200, passed],
      [500, passed],
      [200, passed],
      [500, passed],
      [200, passed],
    ],
    'closed',
  ],
  [
    'closes when its probe succeeds',
    { resetMs: 50 },
    [[500, passed], [500, passed], [500, passed], [500, passed], 'half-open', [200, passed], [500, passed]],
    'closed',
  ],
  [
    'counts a 4xx of a probe as a success',
    { resetMs: 50 },
    [['breaks', passed], ['breaks', passed], ['breaks', passed], ['breaks', passed], 'half-open', [404, passed]],
    'closed',
  ],
  [
    'wants all its probes to succeed',
    { resetMs: 50, halfOpenProbes: 2 },
    [[500, passed], [500, passed], [500, passed], [500, passed], 'half-open', [200, passed]],
    'half-open',
  ],
];

describe.each(faces)('a breaker behind %s', (_, drive) => {
  let driver: Driver | null = null;

  afterEach(async () => {
    await driver?.close();
    driver = null;
  });

  it.each(table)('%s', async (_what, more, steps, end) => {
    const { breaker, health, call: ask } = (driver = await drive({ ...settings, ...more }));
    const seen: Step[] = [];
    const waits: (number | null)[] = [];
    for (const step of steps) {
      if (step === 'half-open') {
        await eventually('half-open', () => breaker.state === 'half-open');
        seen.push(step);
      } else {
        const { reached, retryAfterS } = await ask(step[0]);
        seen.push([step[0], reached]);
        if (!reached) waits.push(retryAfterS);
      }
    }
    expect(seen).toEqual(steps);
    // The rest of the minute: a busy machine may have taken a few seconds of it.
    expect(waits.filter((seconds) => seconds === null || seconds < 50 || seconds > 60)).toEqual([]);
    expect([breaker.state, await health()]).toEqual([end, end]);
  });

  it('obeys an order, and decides by itself again', async () => {
    const { breaker, call: ask } = (driver = await drive(settings));
    breaker.force('open');
    expect((await ask(200)).reached).toBe(refused);
    breaker.force('closed');
    for (let i = 0; i < 6; i++) expect((await ask(500)).reached).toBe(passed);
    breaker.force(null);
    for (let i = 0; i < 4; i++) expect((await ask(500)).reached).toBe(passed);
    expect((await ask(200)).reached).toBe(refused);
  });
});
