import type { UpstreamConfig } from '../config/schema/gateway.schema.js';
import type { Balancer } from './balance/balancer.js';
import { ConsistentHashBalancer } from './balance/consistent-hash.balancer.js';
import { LeastRequestBalancer } from './balance/least-request.balancer.js';
import { RoundRobinBalancer } from './balance/round-robin.balancer.js';
import { UndiciClient, readCa } from './client/undici.client.js';
import type { Deadlines } from './deadlines.js';
import { Target } from './target.js';

/** The targets of one upstream, and the choice between them. */
export class UpstreamGroup {
  readonly targets: readonly Target[];
  readonly balancer: Balancer;
  /** Targets that get traffic now. Replaced whole when the health of one changes. */
  private available: readonly Target[];

  constructor(
    readonly name: string,
    readonly config: UpstreamConfig,
    deadlines: Deadlines,
  ) {
    const ca = readCa(config.tls.caFile);
    this.targets = config.targets.map(({ url, weight }) => {
      const client = new UndiciClient({
        deadlines,
        origin: url,
        connectTimeoutMs: config.timeouts.connectMs,
        headersTimeoutMs: config.timeouts.headersMs,
        idleTimeoutMs: config.timeouts.idleMs,
        keepAliveMs: config.keepAlive.idleMs,
        connectionsMax: config.keepAlive.connectionsMax,
        responseHeadBytesMax: config.responseHeadBytesMax,
        ca,
        serverName: config.tls.serverName,
      });
      return new Target(url, new URL(url).host, weight, client);
    });
    this.balancer = balancerFor(config.balance, this.targets);
    this.available = this.weighted();
  }

  /**
   * @param hash hash of the request, for consistent-hash
   * @param tried target of the try before: another one is preferred
   */
  pick(hash: number, tried: Target | null = null): Target {
    if (tried === null || this.available.length === 1) return this.balancer.pick(this.available, hash);
    const others = this.available.filter((target) => target !== tried);
    return this.balancer.pick(others.length > 0 ? others : this.available, hash);
  }

  /** The target that pick() would give now; for one that leaves it to chance, a likely one. */
  preview(hash: number): Target {
    const { balancer, available } = this;
    return balancer.peek?.(available) ?? balancer.pick(available, hash);
  }

  /** True while at least one target that gets traffic is healthy. */
  get up(): boolean {
    return this.available.some((target) => target.healthy);
  }

  setHealth(target: Target, healthy: boolean): void {
    if (target.healthy === healthy) return;
    target.healthy = healthy;
    // When no target is left, all of them get traffic: a failing check must not be worse than no check.
    const healthyOnes = this.weighted().filter((candidate) => candidate.healthy);
    this.available = healthyOnes.length > 0 ? healthyOnes : this.weighted();
  }

  async drain(): Promise<void> {
    await Promise.all(this.targets.map((target) => target.client.drain()));
  }

  destroy(): void {
    for (const target of this.targets) target.client.destroy();
  }

  private weighted(): Target[] {
    const weighted = this.targets.filter((target) => target.weight > 0);
    return weighted.length > 0 ? weighted : [...this.targets];
  }
}

function balancerFor(balance: UpstreamConfig['balance'], targets: readonly Target[]): Balancer {
  switch (balance) {
    case 'round-robin':
      return new RoundRobinBalancer();
    case 'least-request':
      return new LeastRequestBalancer();
    case 'consistent-hash':
      return new ConsistentHashBalancer(targets);
  }
}
