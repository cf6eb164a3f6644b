import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Res, UseInterceptors } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  bornAtMs,
  freshnessLifetimeMs,
  HttpCacheInterceptor,
  isForEverybody,
  joinedValue,
  mayStore,
  parseCacheControl,
  readRequestFacts,
  ResponseStore,
  selectResponse,
  staleness,
  StoredResponse,
  storedFields,
  TwoTierCacheModule,
  understoodStatuses,
  useOf,
  type FieldList,
} from '@app/cache';
import { closeRedis, connectRedis, type RedisConnection } from '@app/redis';
import { eventually } from '../helpers/eventually.js';
import { call } from '../helpers/call.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

/** One of the faces of the library, asked twice for the same thing. */
interface Face {
  /** Whether the second request was answered from what the first one stored. */
  hits(
    response: Record<string, string>,
    first: Record<string, string>,
    second: Record<string, string>,
  ): Promise<boolean>;
  close?(): Promise<void>;
}

type Case = [
  hit: boolean,
  what: string,
  response: Record<string, string>,
  second?: Record<string, string>,
  first?: Record<string, string>,
];

const cases: Case[] = [
  [true, 'has a lifetime', { 'cache-control': 'max-age=60' }],
  [true, 'has one for shared caches', { 'cache-control': 'max-age=0, s-maxage=60' }],
  [true, 'has an end', { expires: new Date(Date.now() + 60_000).toUTCString() }],
  [false, 'says nothing', {}],
  [false, 'has no lifetime', { 'cache-control': 'max-age=0' }],
  [false, 'has ended', { expires: '0' }],
  [false, 'is as old as it may get', { 'cache-control': 'max-age=60', age: '60' }],
  [false, 'may not be stored', { 'cache-control': 'no-store, max-age=60' }],
  [false, 'is for one person', { 'cache-control': 'private, max-age=60' }],
  [false, 'must be asked about', { 'cache-control': 'no-cache, max-age=60' }],
  [false, 'cannot be read', { 'cache-control': 'max-age=60 public' }],
  [false, 'sets a cookie', { 'cache-control': 'max-age=60', 'set-cookie': 'a=b' }],
  [false, 'varies by everything', { 'cache-control': 'max-age=60', vary: '*' }],
  [false, 'is asked for anew', { 'cache-control': 'max-age=60' }, { 'cache-control': 'no-cache' }],
  [false, 'is asked for without a cache', { 'cache-control': 'max-age=60' }, { 'cache-control': 'no-store' }],
  [false, 'is asked for with a cookie', { 'cache-control': 'max-age=60' }, { cookie: 'a=b' }],
  [true, 'is for everybody', { 'cache-control': 'public, max-age=60' }, { cookie: 'a=b' }],
  [false, 'was made for a token', { 'cache-control': 'max-age=60' }, {}, { authorization: 'Bearer x' }],
  [true, 'was made for all tokens', { 'cache-control': 's-maxage=60' }, {}, { authorization: 'Bearer x' }],
];

let keys = 0;

/** The functions of the core, put together as plainly as can be. */
function core(): Face {
  const store = new ResponseStore(1_000_000);
  const rules = { statuses: new Set(understoodStatuses), everythingPublic: false, dropSetCookie: false };
  const flat = (fields: Record<string, string>): FieldList => Object.entries(fields).flat();
  return {
    hits(response, first, second) {
      const key = String(keys++);
      const fields = flat(response);
      const nowMs = Date.now();
      const control = parseCacheControl(joinedValue(fields, 'cache-control'));
      const lifetimeMs = freshnessLifetimeMs(200, fields, control, nowMs, { ttlMs: null, heuristicPercent: 0 });
      const { credentials } = readRequestFacts(flat(first));
      if (response.vary === '*' || lifetimeMs < 0 || !mayStore(200, fields, control, credentials, rules)) {
        return Promise.resolve(false);
      }
      const born = bornAtMs(fields, nowMs, nowMs);
      const facts = {
        status: 200,
        fields: storedFields(fields, control, nowMs),
        bornAtMs: born,
        freshUntilMs: born + lifetimeMs,
        ...staleness(control, lifetimeMs, { staleWhileRevalidateMs: 0, staleIfErrorMs: 0 }),
        forEverybody: isForEverybody(control),
        selecting: [],
        values: '',
        groups: [],
      };
      store.put(key, 'http://h/', 'r', new StoredResponse(facts, Buffer.from('body')));
      const resource = store.get(key);
      const found = resource === undefined ? undefined : selectResponse(resource, flat(second));
      const asked = readRequestFacts(flat(second));
      const mayHave = found !== undefined && !asked.control.noStore && (found.facts.forEverybody || !asked.credentials);
      return Promise.resolve(mayHave && useOf(found, asked.control, nowMs) === 'fresh');
    },
  };
}

let told: Record<string, string>;
let made = 0;

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class TheController {
  @Get('*')
  read(@Res({ passthrough: true }) reply: { header(name: string, value: string): void }): { made: number } {
    for (const [name, value] of Object.entries(told)) reply.header(name, value);
    return { made: ++made };
  }
}

async function askTwice(
  url: string,
  response: Record<string, string>,
  first: Record<string, string>,
  second: Record<string, string>,
): Promise<boolean> {
  told = response;
  const before = await call(`${url}/${keys}`, { headers: first });
  const after = await call(`${url}/${keys++}`, { headers: second });
  return before.text === after.text;
}

async function nest(redis: RedisConnection | null): Promise<Face> {
  const options = { redis, bytesMax: 1_000_000, ttlMs: 1_000 };
  const module = await Test.createTestingModule({
    imports: [TwoTierCacheModule.forRoot(options)],
    controllers: [TheController],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return { hits: (...args) => askTwice(url, ...args), close: () => app.close() };
}

async function stage(): Promise<Face> {
  const upstream: Server = createServer((_, response) => {
    response.writeHead(200, told).end(String(++made));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  const gateway: RunningGateway = await startGateway({
    upstreams: { u: { targets: [{ url: `http://127.0.0.1:${port}` }] } },
    routes: [{ id: 'r', match: { path: '/*' }, upstream: 'u', cache: {} }],
  });
  return {
    hits: (...args) => askTwice(gateway.url, ...args),
    async close() {
      await gateway.close();
      upstream.close();
    },
  };
}

let server: RedisServer;
let redis: RedisConnection;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({
    url: server.url,
    keyPrefix: 'contract:',
    connectTimeoutMs: 1_000,
    commandTimeoutMs: 1_000,
    caFile: null,
    serverName: null,
  });
  redis.on('error', () => undefined);
  await eventually('the connection', () => redis.status === 'ready');
});

afterAll(async () => {
  await closeRedis(redis);
  await server.dispose();
});

describe.each<[string, () => Face | Promise<Face>]>([
  ['core', core],
  ['interceptor in memory', () => nest(null)],
  ['interceptor with Redis', () => nest(redis)],
  ['stage', stage],
])('a cache (%s)', (_, start) => {
  let face: Face;

  beforeEach(async () => {
    face = await start();
  });

  afterEach(() => face.close?.());

  it('agrees with the others on every response', async () => {
    const found: [boolean, string][] = [];
    for (const [, what, response, second = {}, first = {}] of cases) {
      found.push([await face.hits(response, first, second), what]);
    }
    expect(found).toEqual(cases.map(([hit, what]) => [hit, what]));
  });
});
