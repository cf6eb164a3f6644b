import type { UpstreamConfig } from '../config/schema/gateway.schema.js';
import type { ExchangeHandler } from '@app/upstream-client';
import type { Target } from './target.js';
import type { UpstreamGroup } from './upstream-group.js';

type HealthCheck = NonNullable<UpstreamConfig['healthCheck']>;

/** Asks every target of an upstream in turn, on the connections that its traffic uses. */
export class HealthChecker {
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly group: UpstreamGroup,
    private readonly check: HealthCheck,
  ) {}

  start(): void {
    for (const target of this.group.targets) {
      const record = { passed: 0, failed: 0, running: false };
      const run = async (): Promise<void> => {
        if (record.running) return;
        record.running = true;
        const healthy = await ask(target, this.check);
        record.running = false;
        record.passed = healthy ? record.passed + 1 : 0;
        record.failed = healthy ? 0 : record.failed + 1;
        if (record.passed >= this.check.healthyAfter) this.group.setHealth(target, true);
        if (record.failed >= this.check.unhealthyAfter) this.group.setHealth(target, false);
      };
      void run();
      const timer = setInterval(() => void run(), this.check.intervalMs);
      timer.unref();
      this.timers.push(timer);
    }
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }
}

/** @returns true for a 2xx or 3xx answer that is whole in time: one that never ends would hold its connection */
function ask(target: Target, check: HealthCheck): Promise<boolean> {
  return new Promise((resolve) => {
    let passed = false;
    const handler: ExchangeHandler = {
      onInformation: () => undefined,
      onHead: (status) => (passed = status < 400),
      onData: () => true,
      onEnd: () => settle(passed),
      onUpgrade: (_status, _headers, socket) => {
        socket.destroy();
        settle(false);
      },
      onError: () => settle(false),
    };
    const timer = setTimeout(() => {
      exchange.abort();
      settle(false);
    }, check.timeoutMs);
    timer.unref();
    const settle = (healthy: boolean): void => {
      clearTimeout(timer);
      resolve(healthy);
    };
    const exchange = target.client.exchange(
      {
        method: 'GET',
        path: check.path,
        headers: ['host', target.authority, 'user-agent', 'sluice-health-check', 'accept', '*/*'],
        body: null,
        bodyBytes: -1,
        upgrade: '',
        expectsContinue: false,
        trailers: null,
      },
      handler,
    );
  });
}
