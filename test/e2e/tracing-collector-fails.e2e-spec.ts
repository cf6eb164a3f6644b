import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { OtlpCollector } from '../helpers/otlp-collector.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('a collector', () => {
  let gateway: RunningGateway;
  let collector: OtlpCollector | undefined;

  async function serve(endpoint: string, tracing: { batchMax?: number; queueMax?: number } = {}): Promise<void> {
    gateway = await startGateway({
      telemetry: { tracing: { enabled: true, endpoint, ratio: 1, intervalMs: 10, timeoutMs: 300, ...tracing } },
      routes: [{ id: 'hello', match: { path: '/' }, respond: { status: 200, body: 'hello' } }],
    });
  }

  async function ask(times: number): Promise<void> {
    const replies = await Promise.all(Array.from({ length: times }, () => call(gateway.url)));
    expect(replies.every(({ text }) => text === 'hello')).toBe(true);
  }

  async function dropped(): Promise<number> {
    const { text } = await call(`${gateway.url}/metrics`);
    return Number(/^api_gateway_spans_dropped_total (\d+)$/m.exec(text)?.[1]);
  }

  async function untilDropped(count: number): Promise<void> {
    for (let looks = 0; (await dropped()) < count; looks++) {
      expect(looks).toBeLessThan(250);
      await pass(20);
    }
  }

  afterEach(async () => {
    await gateway.close();
    await collector?.close();
    collector = undefined;
  });

  it('that is not there costs its spans, which are counted', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await new Promise((resolve) => taken.close(resolve));
    await serve(`http://127.0.0.1:${port}`);
    await ask(10);
    await untilDropped(10);
    expect(await gateway.close()).toBe(true);
  });

  it('that refuses them costs its spans, which are counted', async () => {
    collector = await OtlpCollector.start();
    collector.status = 400;
    await serve(collector.url);
    await ask(10);
    await untilDropped(10);
  });

  it('that does not answer holds a bounded queue, and does not hold up the end', async () => {
    collector = await OtlpCollector.start();
    collector.status = 0;
    await serve(collector.url, { batchMax: 5, queueMax: 10 });
    await ask(40);
    // 5 are with the collector, 10 wait.
    await untilDropped(25);
    expect(await gateway.close()).toBe(true);
  });

  it('that comes back gets the spans from then on', async () => {
    collector = await OtlpCollector.start();
    collector.status = 400;
    await serve(collector.url);
    await ask(1);
    await untilDropped(1);
    collector.status = 200;
    await ask(1);
    await eventually('a span has come', () => collector?.spans.length === 1);
  });

  it('that is there gets what was left when the gateway ends', async () => {
    collector = await OtlpCollector.start();
    await serve(collector.url);
    await ask(3);
    await gateway.close();
    expect(collector.spans).toHaveLength(3);
  });
});

describe('tracing', () => {
  it('is not there when it is off, and its counter neither', async () => {
    const gateway = await startGateway({ routes: [] });
    try {
      expect((await call(`${gateway.url}/metrics`)).text).not.toContain('spans_dropped');
    } finally {
      await gateway.close();
    }
  });
});
