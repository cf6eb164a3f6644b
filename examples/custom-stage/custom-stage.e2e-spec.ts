import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checksFor, ConfigError, Gateway, loadConfig, type StageType } from '@app/gateway';
import { startRawUpstream, type RawUpstream } from '../../test/helpers/raw-upstream.js';
import { QuotaModule } from './src/quota.module.js';
import { QuotaStage } from './src/quota.stage.js';

const stages: StageType[] = [QuotaStage];
const imports = [QuotaModule];

describe('a gateway with a stage of its own', () => {
  let upstream: RawUpstream;
  let gateway: Gateway;
  let url: string;

  beforeEach(async () => {
    upstream = await startRawUpstream(({ socket, received }) => {
      if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\norders');
    });
    const loaded = loadConfig({
      file: join(import.meta.dirname, 'gateway.yaml'),
      env: { ORDERS_URL: upstream.url, API_GATEWAY_PORT: '0' },
      cwd: import.meta.dirname,
      ...checksFor(stages),
    });
    gateway = await Gateway.create({ loaded, stages, imports, logger: false });
    url = await gateway.listen();
  });

  afterEach(async () => {
    await gateway.close(200);
    await upstream.close();
  });

  const order = (partner?: string) =>
    fetch(`${url}/orders/1`, { headers: partner === undefined ? {} : { 'X-Partner': partner } });

  it('lets a partner through, and tells it what is left', async () => {
    const replies = [await order('acme'), await order('acme'), await order('globex')];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies.map(({ headers }) => headers.get('x-quota-remaining'))).toEqual(['2', '1', '2']);
    expect(await replies[0].text()).toBe('orders');
  });

  it('refuses what goes beyond the quota with a problem of its own, and asks no upstream for it', async () => {
    for (let i = 0; i < 3; i++) await order('acme');
    const asked = upstream.connections.map(({ received }) => received).join('').length;
    const reply = await order('acme');
    expect(reply.status).toBe(429);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    const resetS = Number(reply.headers.get('retry-after'));
    expect(resetS).toBeGreaterThan(0);
    expect(resetS).toBeLessThanOrEqual(86_400);
    expect(await reply.json()).toMatchObject({
      type: 'urn:sluice:problem:quota-exceeded',
      code: 'quota-exceeded',
      status: 429,
      instance: '/orders/1',
      perDay: 3,
      resetS,
    });
    expect(upstream.connections.map(({ received }) => received).join('')).toHaveLength(asked);
    expect((await order('globex')).status).toBe(200);
  });

  it.each([undefined, 'nobody'])('refuses who is no partner: %s', async (partner) => {
    const reply = await order(partner);
    expect(reply.status).toBe(403);
    expect(await reply.json()).toMatchObject({ code: 'partner-unknown' });
    expect(upstream.connections).toHaveLength(0);
  });

  it('tells its event to whoever listens, here a controller of the same app', async () => {
    for (let i = 0; i < 5; i++) await order('acme');
    expect(await (await fetch(`${url}/admin/quota-refusals`)).json()).toEqual({ acme: 2 });
  });

  it('does nothing on a route that does not set its key', async () => {
    const reply = await fetch(`${url}/hello`);
    expect(reply.status).toBe(200);
    expect(await reply.text()).toBe('hello\n');
    expect(reply.headers.has('x-quota-remaining')).toBe(false);
  });
});

describe('the settings of a stage of its own', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-custom-stage-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function mistakesIn(quota: string): Promise<string[]> {
    const lines = ['routes:', '  - id: r', '    match: { path: / }', '    respond: {}', `    quota: ${quota}`];
    await writeFile(join(folder, 'gateway.yaml'), lines.join('\n'));
    try {
      loadConfig({ env: {}, cwd: folder, ...checksFor(stages) });
      return [];
    } catch (error) {
      return ConfigError.is(error) ? error.format().split('\n') : [String(error)];
    }
  }

  it('are checked like those of the gateway, with their place in the file and the nearest name', async () => {
    expect(await mistakesIn('{ perDay: 3, partners: [acme] }')).toEqual([]);
    expect(await mistakesIn('{ perday: 3, partners: [] }')).toMatchInlineSnapshot(`
      [
        "gateway.yaml:5:14 routes[0].quota.perDay: is missing; it must be a whole number of at least 1",
        "gateway.yaml:5:14 routes[0].quota.perday: unknown key; did you mean "perDay"?",
        "gateway.yaml:5:25 routes[0].quota.partners: must have at least 1 entry",
      ]
    `);
  });

  it('are unknown to a gateway without the stage', () => {
    const load = () => loadConfig({ file: join(import.meta.dirname, 'gateway.yaml'), env: {}, cwd: folder });
    expect(load).toThrow(/routes\[0\]\.quota: unknown key/);
  });
});
