import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let gateway: RunningGateway;

beforeAll(async () => {
  const once = { burst: 1, windowS: 86_400 };
  gateway = await startGateway({
    rateLimit: { keysMax: 64 },
    routes: [
      { id: 'ip', match: { path: '/ip/*' }, respond: {}, rateLimit: once },
      { id: 'key', match: { path: '/key' }, respond: {}, rateLimit: { by: 'header:x-key', burst: 2, windowS: 86_400 } },
    ],
  });
});

afterAll(() => gateway?.close());

const ask = (path: string, headers: Record<string, string> = {}) => call(gateway.url + path, { headers });

describe('a limited client is not let in', () => {
  beforeAll(async () => {
    expect((await ask('/ip/a')).status).toBe(200);
  });

  it.each<[string, string, Record<string, string>]>([
    ['at another path of the route', '/ip/b', {}],
    ['at another spelling of the path', '/ip/../ip/%61', {}],
    ['with a query', '/ip/a?x=1', {}],
    ['with an address that it makes up', '/ip/a', { 'x-forwarded-for': '198.51.100.7' }],
    ['with Forwarded', '/ip/a', { forwarded: 'for=198.51.100.7' }],
    ['with other names for an address', '/ip/a', { 'x-real-ip': '198.51.100.7', 'cf-connecting-ip': '198.51.100.7' }],
    ['with an identity that it makes up', '/ip/a', { 'x-tenant-id': 'other', 'x-user-id': 'other' }],
  ])('%s', async (_, path, headers) => {
    expect((await ask(path, headers)).status).toBe(429);
  });

  it('by another case or order of its fields, or by sending them twice', async () => {
    for (const fields of ['X-Key: k\r\nx-a: 1', 'x-a: 1\r\nX-KEY:   k  ', 'x-key: k\r\nx-key: other']) {
      const connection = await RawConnection.open(gateway.port);
      connection.write(`GET /key HTTP/1.1\r\nhost: h\r\n${fields}\r\nconnection: close\r\n\r\n`);
      await connection.until(({ ended }) => ended);
      connection.socket.destroy();
    }
    expect((await ask('/key', { 'x-key': 'k' })).status).toBe(429);
  });
});

describe('keys that clients make up', () => {
  it('are bounded, and do not free a client that is limited', async () => {
    const mine = { 'x-key': 'mine' };
    expect((await ask('/key', mine)).status).toBe(200);
    expect((await ask('/key', mine)).status).toBe(200);
    for (let i = 0; i < 40; i++) {
      await Promise.all(Array.from({ length: 20 }, (_, j) => ask('/key', { 'x-key': `${i}/${j}` })));
    }
    expect((await ask('/key', mine)).status).toBe(429);
    const { text } = await ask('/metrics');
    const held = Number(/^api_gateway_rate_limiter_active (\d+)$/m.exec(text)?.[1]);
    expect(held).toBeGreaterThan(64);
    expect(held).toBeLessThanOrEqual(128 + 16 + 1);
  });

  it.each(['__proto__', 'constructor', 'a'.repeat(8_000), '\u00ff\u00fe', '"', '${x}', '%00'])(
    'are limited like others when they are unusual (%#)',
    async (key) => {
      const found = [];
      for (let i = 0; i < 4; i++) found.push((await ask('/key', { 'x-key': key })).status);
      // In a full table a new key shares what is left, and may be refused sooner.
      expect(found.at(-1)).toBe(429);
      expect(new Set([200, 429, ...found]).size).toBe(2);
    },
  );
});
