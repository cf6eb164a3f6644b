import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import type { UpstreamGroup } from '../../apps/gateway/src/upstream/upstream-group.js';
import { UpstreamRegistry } from '../../apps/gateway/src/upstream/upstream-registry.js';
import { call, open, type CallOptions } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];

/** Four targets that say who they are. */
describe('balancing', () => {
  const names = ['a', 'b', 'c', 'd'] as const;
  const targets: HttpUpstream[] = [];
  const down = new Set<string>();
  const held = new Set<() => void>();
  let gateway: RunningGateway | undefined;

  beforeAll(async () => {
    for (const name of names) {
      targets.push(
        await startHttpUpstream((request, response) => {
          if (request.url === '/health') {
            response.statusCode = down.has(name) ? 503 : 200;
            response.end();
          } else if (request.url?.startsWith('/held') === true) held.add(() => response.end(name));
          else response.end(name);
        }),
      );
    }
  });

  afterEach(async () => {
    for (const release of held) release();
    held.clear();
    down.clear();
    await gateway?.close();
  });

  afterAll(() => Promise.all(targets.map((target) => target.close())));

  async function start(upstream: Omit<Upstream, 'targets'>, weights: readonly number[]): Promise<string> {
    gateway = await startGateway({
      server: { trustProxy: ['127.0.0.0/8'] },
      upstreams: { many: { targets: weights.map((weight, i) => ({ url: targets[i].url, weight })), ...upstream } },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'many' }],
    });
    return gateway.url;
  }

  function groupOf(name: string): UpstreamGroup {
    return gateway!.gateway.app.get(UpstreamRegistry).get(name);
  }

  async function ask(url: string, options: CallOptions = {}): Promise<string> {
    const reply = await call(url, options);
    expect(reply.status).toBe(200);
    return reply.text;
  }

  async function askInTurn(url: string, count: number): Promise<string> {
    let answers = '';
    for (let i = 0; i < count; i++) answers += await ask(url);
    return answers;
  }

  describe('by round-robin', () => {
    it('asks equal targets in turn', async () => {
      const url = await start({ balance: 'round-robin' }, [1, 1, 1]);
      expect(await askInTurn(url, 9)).toBe('abcabcabc');
    });

    it('gives each target exactly its share, spread out', async () => {
      const url = await start({ balance: 'round-robin' }, [5, 1, 2]);
      const round = await askInTurn(url, 8);
      expect(Array.from(round).sort().join('')).toBe('aaaaabcc');
      expect(round).not.toContain('aaaa');
      expect(await askInTurn(url, 16)).toBe(round + round);
    });

    it('keeps the shares when requests overlap', async () => {
      const url = await start({ balance: 'round-robin' }, [3, 1]);
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask(url)));
      expect(answers.filter((name) => name === 'a')).toHaveLength(30);
    });

    it('gives a target of weight 0 nothing', async () => {
      const url = await start({ balance: 'round-robin' }, [1, 0, 1]);
      expect(await askInTurn(url, 6)).toBe('acacac');
    });
  });

  describe('by least-request', () => {
    it('prefers the target that has less to do', async () => {
      const url = await start({ balance: 'least-request' }, [1, 1]);
      const running = ask(`${url}/held`);
      await eventually('one is held', () => held.size === 1);
      const answers = await askInTurn(url, 200);
      for (const release of held) release();
      const busy = await running;
      // The busy one is taken only when it is drawn twice: a quarter, where chance alone would give it half.
      expect(answers.split(busy).length - 1).toBeLessThan(80);
      expect(answers).toContain(busy);
    });

    it('counts a request no more once it is over, however it ended', async () => {
      const url = await start({ balance: 'least-request' }, [1, 1]);
      const leaving = open(`${url}/held`);
      leaving.on('error', () => undefined);
      leaving.end();
      await eventually('one is held', () => held.size === 1);
      leaving.destroy();
      await untilIdle(gateway!);
      expect(groupOf('many').targets.map(({ active }) => active)).toEqual([0, 0]);
    });

    it('gives idle targets shares by weight, and one of weight 0 nothing', async () => {
      const url = await start({ balance: 'least-request' }, [1, 3, 0]);
      const answers = await askInTurn(url, 400);
      const light = answers.split('a').length - 1;
      expect(light).toBeGreaterThan(50);
      expect(light).toBeLessThan(150);
      expect(answers).not.toContain('c');
    });
  });

  describe('by consistent hash', () => {
    const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`);
    const hashed: readonly (readonly [string, Upstream['hashOn'], (key: string) => [string, CallOptions]])[] = [
      ['path', 'path', (key) => [`/${key}`, {}]],
      ['header', { header: 'X-Tenant' }, (key) => ['/', { headers: { 'x-tenant': key } }]],
      ['cookie', { cookie: 'id' }, (key) => ['/', { headers: { cookie: `other=1; id=${key}; xid=2` } }]],
      ['address', 'ip', (key) => ['/', { headers: { 'x-forwarded-for': `10.1.2.${key.slice(4)}` } }]],
    ];

    async function map(url: string, request: (key: string) => [string, CallOptions]): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      for (const key of keys) {
        const [path, options] = request(key);
        found.set(key, await ask(url + path, options));
      }
      return found;
    }

    it.each(hashed)('asks the same target for the same %s', async (_what, hashOn, request) => {
      const url = await start({ balance: 'consistent-hash', hashOn }, [1, 1, 1, 1]);
      const first = await map(url, request);
      expect(new Set(first.values()).size).toBe(4);
      expect(await map(url, request)).toEqual(first);
    });

    it.each(hashed)(
      'moves only the keys of a target that goes down, and moves them back: %s',
      async (...[, on, request]) => {
        const checked = { path: '/health', intervalMs: 100, unhealthyAfter: 1, healthyAfter: 1 };
        const url = await start({ balance: 'consistent-hash', hashOn: on, healthCheck: checked }, [1, 1, 1, 1]);
        const first = await map(url, request);
        down.add('b');
        await eventually('b is left out', () => !groupOf('many').targets[1].healthy);
        const without = await map(url, request);
        for (const [key, name] of first) {
          if (name === 'b') expect(without.get(key)).not.toBe('b');
          else expect([key, without.get(key)]).toEqual([key, name]);
        }
        down.delete('b');
        await eventually('b is back', () => groupOf('many').targets[1].healthy);
        expect(await map(url, request)).toEqual(first);
      },
    );

    it('takes the path as it matched, without its query', async () => {
      const url = await start({ balance: 'consistent-hash', hashOn: 'path' }, [1, 1, 1, 1]);
      for (const key of keys.slice(0, 10)) {
        const target = await ask(`${url}/${key}`);
        expect(await ask(`${url}/${key}?page=2`)).toBe(target);
        expect(await ask(`${url}/${key.replace('k', '%6B')}`)).toBe(target);
      }
    });

    it.each([
      ['header', { header: 'x-tenant' }],
      ['cookie', { cookie: 'id' }],
    ])('falls back to the address of the client without the %s', async (_what, hashOn) => {
      const url = await start({ balance: 'consistent-hash', hashOn }, [1, 1, 1, 1]);
      const from = (address: string, more = {}): CallOptions => ({ headers: { 'x-forwarded-for': address, ...more } });
      const found = new Set<string>();
      for (const key of keys) {
        const address = `10.1.2.${key.slice(4)}`;
        const target = await ask(`${url}/`, from(address));
        expect(await ask(`${url}/${key}`, from(address, { cookie: 'identity=1; id2=2' }))).toBe(target);
        found.add(target);
      }
      expect(found.size).toBe(4);
    });

    it('gives a target of weight 0 nothing', async () => {
      const url = await start({ balance: 'consistent-hash', hashOn: 'path' }, [1, 0, 3]);
      const found = [...(await map(url, (key) => [`/${key}`, {}])).values()];
      expect(new Set(found)).toEqual(new Set(['a', 'c']));
    });
  });

  describe('of a route over several upstreams', () => {
    async function split(weights: readonly number[], answers: number): Promise<string> {
      const upstreams: NonNullable<ConfigObject['upstreams']> = {};
      weights.forEach((_, i) => (upstreams[names[i]] = { targets: [{ url: targets[i].url }] }));
      gateway = await startGateway({
        upstreams,
        routes: [
          { id: 'all', match: { path: '/*' }, weighted: weights.map((weight, i) => ({ upstream: names[i], weight })) },
        ],
      });
      return askInTurn(gateway.url, answers);
    }

    it('follows their weights', async () => {
      const answers = await split([1, 3], 400);
      const light = answers.split('a').length - 1;
      expect(light).toBeGreaterThan(50);
      expect(light).toBeLessThan(150);
    });

    it('gives one of weight 0 nothing', async () => {
      expect(await split([0, 1, 0], 20)).toBe('b'.repeat(20));
    });
  });
});
