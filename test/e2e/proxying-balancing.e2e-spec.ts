import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { call, type CallOptions } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];

/** Four targets that say who they are; a path can ask for a slow or a failing answer. */
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
      expect([...round].sort().join('')).toBe('aaaaabcc');
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
    it('leaves out a busy target as long as it is drawn beside an idle one', async () => {
      const url = await start({ balance: 'least-request' }, [1, 1]);
      const running = Array.from({ length: 20 }, () => ask(`${url}/held`));
      await eventually('all are held', () => held.size === 20);
      const before = targets.slice(0, 2).map(({ sockets }) => sockets.size);
      // Two choices keep running requests nearly even: each was drawn beside the other half of the time at least.
      expect(Math.abs(before[0] - before[1])).toBeLessThanOrEqual(8);
      for (const release of held) release();
      expect(new Set(await Promise.all(running))).toEqual(new Set(['a', 'b']));
    });
  });
});
