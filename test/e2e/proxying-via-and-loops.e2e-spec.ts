import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { valuesOf } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRecordingUpstream, type RecordingUpstream } from '../helpers/recording-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('Via', () => {
  let upstream: RecordingUpstream;
  const running: RunningGateway[] = [];

  beforeAll(async () => {
    upstream = await startRecordingUpstream();
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.close()));
  });

  afterAll(() => upstream?.close());

  async function start(target: string, server: Record<string, unknown> = {}): Promise<RunningGateway> {
    const gateway = await startGateway({
      server,
      upstreams: { next: { targets: [{ url: target }] } },
      routes: [{ id: 'next', match: { path: '/*' }, upstream: 'next' }],
    });
    running.push(gateway);
    return gateway;
  }

  it('names the gateway and the version that the request came in', async () => {
    const gateway = await start(upstream.url, { name: 'edge-1' });
    await call(gateway.url);
    expect(valuesOf(upstream.last, 'via')).toEqual(['1.1 edge-1']);
    const client = await RawConnection.open(gateway.port);
    client.write('GET / HTTP/1.0\r\nhost: a\r\n\r\n');
    await client.untilClosed();
    expect(valuesOf(upstream.last, 'via')).toEqual(['1.0 edge-1']);
  });

  it('goes on what earlier hops have written, in one list', async () => {
    const gateway = await start(upstream.url, { name: 'edge-1' });
    await call(gateway.url, { headers: { via: ['1.0 fred', 'HTTP/1.1 p.example.net (Apache/1.1)'] } });
    expect(valuesOf(upstream.last, 'via')).toEqual(['1.0 fred, HTTP/1.1 p.example.net (Apache/1.1), 1.1 edge-1']);
  });

  it('gives a made-up name where none is configured', async () => {
    const gateway = await start(upstream.url);
    await call(gateway.url);
    expect(valuesOf(upstream.last, 'via')[0]).toMatch(/^1\.1 sluice-[0-9a-f]+$/);
  });

  it.each([
    ['alone', '1.1 edge-1'],
    ['among others', '1.0 fred, 1.1 edge-1, 1.1 other'],
    ['with a protocol', 'HTTP/1.1 edge-1'],
    ['with a comment', '1.1 edge-1 (some, words)'],
  ])('shows a loop when it names the gateway: %s', async (_where, via) => {
    const gateway = await start(upstream.url, { name: 'edge-1' });
    expectProblem(await call(gateway.url, { headers: { via } }), 508, 'loop-detected');
    expectProblem(await call(gateway.url, { headers: { via: ['1.1 other', via] } }), 508, 'loop-detected');
  });

  it.each(['1.1 edge-10', '1.1 my-edge-1', '1.1 other (edge-1)', 'edge-1'])(
    'shows no loop when it names another: %s',
    async (via) => {
      const gateway = await start(upstream.url, { name: 'edge-1' });
      expect((await call(gateway.url, { headers: { via } })).status).toBe(200);
    },
  );

  it('stops a request to a gateway that points to itself', async () => {
    const reserved = await start(upstream.url);
    const { port } = reserved;
    await reserved.close();
    const gateway = await start(`http://127.0.0.1:${port}`, { port });
    expect(gateway.port).toBe(port);
    expectProblem(await call(gateway.url), 508, 'loop-detected');
    const body = 'x'.repeat(100_000);
    const headers = { 'content-length': String(body.length) };
    expectProblem(await call(gateway.url, { method: 'POST', headers, body }), 508, 'loop-detected');
  });

  it('stops a request that two gateways hand to each other', async () => {
    const reserved = await start(upstream.url);
    const { port } = reserved;
    await reserved.close();
    const first = await start(`http://127.0.0.1:${port}`);
    const second = await start(first.url, { port });
    expectProblem(await call(first.url), 508, 'loop-detected');
    expectProblem(await call(second.url), 508, 'loop-detected');
  });

  it('lets gateways stand behind one another without a name of their own', async () => {
    const inner = await start(upstream.url);
    const middle = await start(inner.url);
    const outer = await start(middle.url);
    expect((await call(outer.url)).text).toBe('ok');
    expect(valuesOf(upstream.last, 'via')[0]).toMatch(/^1\.1 sluice-\w+, 1\.1 sluice-\w+, 1\.1 sluice-\w+$/);
  });
});
