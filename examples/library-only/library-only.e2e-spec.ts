import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { REDIS, type RedisConnection } from '@app/redis';
import { call, type CallOptions } from '../../test/helpers/call.js';
import { eventually, pass } from '../../test/helpers/eventually.js';
import { startFailingUpstream, type FailingUpstream } from '../../test/helpers/failing-upstream.js';
import { startRedis, type RedisServer } from '../../test/helpers/redis-server.js';
import { bearer, claimsOf, hmacToken, TOKEN_SECRET } from '../../test/helpers/signed-token.js';
import { AppModule } from './src/app.module.js';
import { settingsFrom } from './src/settings.js';

let warehouse: FailingUpstream;
let apps: NestFastifyApplication[];

async function startApp(redisUrl: string | null = null): Promise<NestFastifyApplication> {
  const settings = { warehouseUrl: warehouse.url, tokenSecret: TOKEN_SECRET, redisUrl };
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(settings), new FastifyAdapter(), {
    logger: false,
  });
  apps.push(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** Both apps are known by one name, as behind a balancer. */
const ask = async (app: NestFastifyApplication, path: string, { headers, method }: CallOptions = {}) =>
  call((await app.getUrl()) + path, { method, headers: { host: 'shop.example', ...headers } });

const order = (app: NestFastifyApplication, token?: string) =>
  ask(app, '/orders/p-1', { method: 'POST', headers: token === undefined ? {} : bearer(token) });

const tokenWith = (more: object): string => hmacToken(claimsOf('alice', { iss: 'shop', aud: 'shop', ...more }));
const goodToken = tokenWith({ permissions: ['orders:write'] });

beforeEach(async () => {
  apps = [];
  warehouse = await startFailingUpstream();
  warehouse.always = (request, response) => {
    response.end(JSON.stringify({ id: request.url?.split('/').at(-1), stock: warehouse.requests.length }));
  };
});

afterEach(async () => {
  for (const app of apps) await app.close();
  await warehouse.close();
});

describe('an app that takes the libraries and not the gateway', () => {
  let app: NestFastifyApplication;

  beforeEach(async () => {
    app = await startApp();
  });

  const statuses = async (paths: readonly string[]): Promise<number[]> => {
    const found: number[] = [];
    for (const path of paths) found.push((await ask(app, path)).status);
    return found;
  };

  it('answers from its cache what was asked before', async () => {
    const replies = [await ask(app, '/products/p-1'), await ask(app, '/products/p-1'), await ask(app, '/products/p-2')];
    expect(replies.map(({ json }) => json)).toEqual([
      { id: 'p-1', stock: 1 },
      { id: 'p-1', stock: 1 },
      { id: 'p-2', stock: 2 },
    ]);
    expect(replies[1].field('cache-status')).toMatch(/^nest; hit; ttl=(?:29|30)$/);
  });

  it('stops asking a service that fails, tells so, and serves what it has', async () => {
    expect((await ask(app, '/products/p-1')).status).toBe(200);
    expect((await ask(app, '/health')).json).toMatchObject({ info: { 'breaker:warehouse': { state: 'closed' } } });
    warehouse.always = 503;
    warehouse.next = [503, 'reset'];
    expect(await statuses(['/products/a', '/products/b', '/products/c'])).toEqual([502, 502, 502]);
    const asked = warehouse.requests.length;

    const refused = await ask(app, '/products/d');
    expect(refused.status).toBe(503);
    expect(Number(refused.field('retry-after'))).toBeGreaterThan(0);
    expect(warehouse.requests).toHaveLength(asked);

    const health = await ask(app, '/health');
    expect(health.status).toBe(503);
    expect(health.json).toMatchObject({ error: { 'breaker:warehouse': { status: 'down', state: 'open' } } });
    expect((await ask(app, '/products/p-1')).status).toBe(200);
  });

  it('takes an unknown product for an answer, and no failure', async () => {
    warehouse.always = 404;
    expect(await statuses(Array.from({ length: 6 }, (_, i) => `/products/${i}`))).toEqual(Array(6).fill(404));
    expect((await ask(app, '/health')).status).toBe(200);
  });

  it.each<[string, string | undefined, number, string | undefined]>([
    ['without a token', undefined, 401, 'Bearer realm="shop"'],
    ['with a token that was changed', `${goodToken.slice(0, -3)}AAA`, 401, 'The signature of the token is wrong.'],
    ['with an expired one', tokenWith({ exp: 1_000_000_000 }), 401, 'expired'],
    ['with one for another shop', tokenWith({ aud: 'elsewhere' }), 401, 'The token is not meant for this service.'],
    ['with one that permits nothing', tokenWith({}), 403, undefined],
  ])('takes no order %s', async (_what, token, status, challenge) => {
    const reply = await order(app, token);
    expect(reply.status).toBe(status);
    expect(reply.field('www-authenticate') ?? '').toContain(challenge ?? '');
  });

  it('takes orders with a good token, and knows whose they are', async () => {
    const reply = await order(app, goodToken);
    expect([reply.status, reply.json]).toEqual([201, { product: 'p-1', orderedBy: 'alice' }]);
  });

  it('limits orders, and guesses at tokens like them', async () => {
    const replies = [await order(app, goodToken), await order(app, 'a guess'), await order(app, goodToken)];
    expect(replies.map(({ status }) => status)).toEqual([201, 401, 201]);
    const refused = await order(app, goodToken);
    expect(refused.status).toBe(429);
    const waitS = Number(refused.field('retry-after'));
    expect(waitS).toBeGreaterThan(0);
    expect(waitS).toBeLessThanOrEqual(20);
    expect((await ask(app, '/products/p-1')).status).toBe(200);
  });
});

describe('two of them on one Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server.dispose());

  async function startTwo(): Promise<readonly NestFastifyApplication[]> {
    const two = [await startApp(server.url), await startApp(server.url)];
    const connections = two.map((app) => app.get<RedisConnection>(REDIS));
    await eventually('connections to Redis', () => connections.every(({ status }) => status === 'ready'));
    return two;
  }

  it('share limits and cached products', async () => {
    const [one, other] = await startTwo();
    const replies = [];
    for (const app of [one, other, one, other]) replies.push(await order(app, goodToken));
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 429]);

    expect((await ask(one, '/products/p-1')).field('cache-status')).toBe('nest; fwd=miss');
    // It is stored behind the reply.
    const redis = one.get<RedisConnection>(REDIS);
    while ((await redis.keys('shop:cached*')).length === 0) await pass(10);
    expect((await ask(other, '/products/p-1')).field('cache-status')).toContain('nest; hit');
    expect(warehouse.requests).toHaveLength(1);
  });

  it('go on without it', async () => {
    const [app] = await startTwo();
    await server.stop();
    expect((await ask(app, '/products/p-9')).status).toBe(200);
    expect((await order(app, goodToken)).status).toBe(201);
    expect((await ask(app, '/products/p-9')).field('cache-status')).toContain('nest; hit');
    await server.start();
  });
});

describe('its settings', () => {
  it('need a secret, and leave the rest to defaults', () => {
    expect(() => settingsFrom({})).toThrow('TOKEN_SECRET is not set');
    expect(settingsFrom({ TOKEN_SECRET: 's' })).toEqual({
      warehouseUrl: 'http://127.0.0.1:9100',
      tokenSecret: 's',
      redisUrl: null,
    });
  });

  it('are refused with a secret that can be guessed', () => {
    expect(() => AppModule.with({ ...settingsFrom({ TOKEN_SECRET: 'short' }) })).toThrow('must have 32 bytes');
  });
});
