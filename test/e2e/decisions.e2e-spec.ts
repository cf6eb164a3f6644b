import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('what was decided about a request', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream((_, response) => {
      response.writeHead(200, { 'server-timing': 'db;dur=1', 'cache-control': 'max-age=60' }).end('hello');
    });
    gateway = await startGateway({
      management: { token: 'hunter2' },
      upstreams: { u: { targets: [{ url: upstream.url }], breaker: {} } },
      routes: [
        { id: 'plain', match: { path: '/plain' }, upstream: 'u', rateLimit: { by: 'ip', rps: 1, burst: 1 } },
        { id: 'cached', match: { path: '/cached' }, upstream: 'u', cache: {} },
      ],
    });
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const stranger = { 'x-forwarded-for': '192.0.2.1' };

  it('is told to a local caller who asks, stage by stage and with times, beside those of the upstream', async () => {
    const reply = await call(`${gateway.url}/plain`, { headers: { 'sluice-explain': '1' } });
    const decision = reply.field('sluice-decision') ?? '';
    expect(decision.replace(/;at=\d+\.\d\d/g, '')).toBe(
      'route;id="plain", body-limit;verdict=pass, rate-limit;verdict=pass, breaker;verdict=pass, ' +
        `forward;verdict=taken, upstream;id="u";target="${upstream.url}";tries=1`,
    );
    const [theirs, ours] = reply.all('server-timing');
    expect(theirs).toBe('db;dur=1');
    expect(ours).toMatch(
      /^admission;dur=\d+\.\d\d, connect;dur=\d+\.\d\d, upstream;dur=\d+\.\d\d, gateway;dur=\d+\.\d\d$/,
    );
    expect(upstream.requests.at(-1)?.headers).not.toHaveProperty('sluice-explain');
  });

  it('names who refused it', async () => {
    await call(`${gateway.url}/plain`);
    const reply = await call(`${gateway.url}/plain`, { headers: { 'sluice-explain': '1' } });
    expect(reply.status).toBe(429);
    expect(reply.field('sluice-decision')).toMatch(
      /rate-limit;verdict=refused;at=[\d.]+, problem;code="rate-limited"$/,
    );
  });

  it('tells a stored reply from one that was fetched', async () => {
    const options = { headers: { 'sluice-explain': '1' } };
    const first = await call(`${gateway.url}/cached`, options);
    expect(first.field('sluice-decision')).toMatch(/cache;verdict=taken.*forward;verdict=taken.*tries=1$/);
    const second = await call(`${gateway.url}/cached`, options);
    expect(second.field('sluice-decision')).toMatch(/cache;verdict=answered;at=[\d.]+$/);
  });

  it('is told to a stranger with the management token', async () => {
    const reply = await call(`${gateway.url}/cached`, { headers: { ...stranger, 'sluice-explain': 'hunter2' } });
    expect(reply.field('sluice-decision')).toContain('route;id="cached"');
  });

  it.each(['1', 'hunter3', ''])('is not told to a stranger who shows %j', async (proof) => {
    const reply = await call(`${gateway.url}/cached`, { headers: { ...stranger, 'sluice-explain': proof } });
    expect(reply.status).toBe(200);
    expect(reply.field('sluice-decision')).toBeUndefined();
    expect(reply.all('server-timing')).toEqual(['db;dur=1']);
  });

  it('is not told to who does not ask', async () => {
    expect((await call(`${gateway.url}/cached`)).field('sluice-decision')).toBeUndefined();
  });
});
