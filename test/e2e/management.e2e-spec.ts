import { afterEach, describe, expect, it } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type ConfigObject = Parameters<typeof startGateway>[0];

const hello = { id: 'hello', match: { path: '/hello/*' }, respond: { status: 200, body: 'hello' } };

/** Asks until the reply is as awaited. */
async function until(ask: () => Promise<Reply>, condition: (reply: Reply) => boolean): Promise<Reply> {
  for (const giveUpAt = performance.now() + 5_000; ; await pass(20)) {
    const reply = await ask();
    if (condition(reply)) return reply;
    if (performance.now() > giveUpAt) throw new Error(`still ${reply.status} ${reply.text}`);
  }
}

describe('the control plane', () => {
  const gateways: RunningGateway[] = [];
  const upstreams: HttpUpstream[] = [];

  async function serve(config: ConfigObject): Promise<RunningGateway> {
    const gateway = await startGateway(config);
    gateways.push(gateway);
    return gateway;
  }

  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()));
  });

  describe('health', () => {
    it('turns 503 and names the upstream while its only target is down, and turns back', async () => {
      let status = 200;
      const sick = await startHttpUpstream((_, response) => response.writeHead(status).end());
      const well = await startHttpUpstream((_, response) => response.end());
      upstreams.push(sick, well);
      const healthCheck = { path: '/health', intervalMs: 100, unhealthyAfter: 1 };
      const { url } = await serve({
        upstreams: {
          users: { targets: [{ url: sick.url }], healthCheck },
          tenants: { targets: [{ url: well.url }], healthCheck },
          unchecked: { targets: [{ url: well.url }, { url: sick.url }] },
        },
      });
      const health = (): Promise<Reply> => call(`${url}/health`);

      const up = await health();
      expect(up.status).toBe(200);
      expect(up.field('content-type')).toMatch(/^application\/json\b/);
      expect(up.json).toMatchObject({
        status: 'ok',
        details: {
          process: { status: 'up', phase: 'serving' },
          'upstream:users': { status: 'up', checked: true, targets: 1, healthy: 1 },
          'upstream:tenants': { status: 'up', checked: true, targets: 1, healthy: 1 },
          'upstream:unchecked': { status: 'up', checked: false, targets: 2, healthy: 2 },
        },
      });

      status = 500;
      const down = await until(health, (reply) => reply.status !== 200);
      expect(down.status).toBe(503);
      const { status: verdict, error } = down.json as { status: string; error: object };
      expect(verdict).toBe('error');
      expect(Object.keys(error)).toEqual(['upstream:users']);
      expect(down.json).toMatchObject({ details: { 'upstream:users': { status: 'down', healthy: 0 } } });
      // Restarting the gateway would not help.
      expect((await call(`${url}/health/live`)).status).toBe(200);
      expect((await call(`${url}/ready`)).status).toBe(200);

      status = 204;
      expect((await until(health, (reply) => reply.status !== 503)).status).toBe(200);
    });

    it('tells nothing of where upstreams are', async () => {
      const upstream = await startHttpUpstream((_, response) => response.writeHead(500).end());
      upstreams.push(upstream);
      const healthCheck = { path: '/secret-probe', intervalMs: 100, unhealthyAfter: 1 };
      const { url } = await serve({ upstreams: { users: { targets: [{ url: upstream.url }], healthCheck } } });
      const down = await until(
        () => call(`${url}/health`),
        (reply) => reply.status === 503,
      );
      expect(down.text).not.toContain(String(upstream.port));
      expect(down.text).not.toContain('secret-probe');
    });
  });

  it('is ready once it serves', async () => {
    const { url } = await serve({ routes: [hello] });
    const reply = await call(`${url}/ready`);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({ status: 'serving' });
    expect(reply.field('cache-control')).toBe('no-store');
  });

  it('shows its API as a page, and as a document', async () => {
    const { url } = await serve({ routes: [hello] });
    const page = await call(`${url}/docs`);
    expect(page.status).toBe(200);
    expect(page.field('content-type')).toMatch(/^text\/html\b/);
    expect(page.text).toContain('swagger-ui');
    const document = (await call(`${url}/docs/json`)).json as { paths: object };
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/health', '/health/live', '/ready']));
  });
});
