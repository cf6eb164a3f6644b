import { readFileSync } from 'node:fs';
import type { UpstreamConfig } from '../config/schema/gateway.schema.js';
import type { Balancer } from './balance/balancer.js';
import { ConsistentHashBalancer } from './balance/consistent-hash.balancer.js';
import { LeastRequestBalancer } from './balance/least-request.balancer.js';
import { RoundRobinBalancer } from './balance/round-robin.balancer.js';
import { openClient } from './client/open-client.js';
import type { Events } from '../pipeline/contract/events.js';
import type { Deadlines } from './deadlines.js';
import { panicChanged, targetEjected, targetReturned } from './events.js';
import { PassiveHealth } from './passive-health.js';
import type { TargetBoard } from './target-board.js';
import { Target } from './target.js';

/** The targets of one upstream, and the choice between them. */
export class UpstreamGroup {
  readonly targets: readonly Target[];
  readonly balancer: Balancer;
  /** Targets that get traffic now. Replaced whole when the health of one changes. */
  private available: readonly Target[];
  private panicking = false;
  /** Version of the board that `available` was made of. */
  private seen: number;

  constructor(
    readonly name: string,
    readonly config: UpstreamConfig,
    private readonly board: TargetBoard,
    deadlines: Deadlines,
    private readonly events: Events,
  ) {
    const { caFile, certFile, key, serverName } = config.tls;
    const ca = caFile === null ? null : readFileSync(caFile, 'utf8');
    const cert = certFile === null ? null : readFileSync(certFile, 'utf8');
    this.targets = config.targets.map(({ url, weight }, at) => {
      const client = openClient(config.client, {
        deadlines,
        origin: url,
        connectTimeoutMs: config.timeouts.connectMs,
        headersTimeoutMs: config.timeouts.headersMs,
        idleTimeoutMs: config.timeouts.idleMs,
        keepAliveMs: config.keepAlive.idleMs,
        connectionsMax: config.keepAlive.connectionsMax,
        responseHeadBytesMax: config.responseHeadBytesMax,
        ca,
        serverName,
        cert,
        key,
      });
      return this.watched(new Target(url, new URL(url).host, weight, client, board.standing(at)));
    });
    this.balancer = balancerFor(config.balance, this.targets);
    this.available = this.weighted();
    this.seen = -1;
    this.look();
  }

  /**
   * @param hash hash of the request, for consistent-hash
   * @param tried target of the try before: another one is preferred
   */
  pick(hash: number, tried: Target | null = null): Target {
    if (this.board.version !== this.seen) this.look();
    if (tried === null || this.available.length === 1) return this.balancer.pick(this.available, hash);
    const others = this.available.filter((target) => target !== tried);
    return this.balancer.pick(others.length > 0 ? others : this.available, hash);
  }

  /** The target that pick() would give now; for one that leaves it to chance, a likely one. */
  preview(hash: number): Target {
    this.look();
    const { balancer, available } = this;
    return balancer.peek?.(available) ?? balancer.pick(available, hash);
  }

  /** True while at least one target that gets traffic is healthy. */
  get up(): boolean {
    this.look();
    return this.available.some((target) => target.healthy);
  }

  /** True while too few targets are fit, so that all get traffic. */
  get panic(): boolean {
    this.look();
    return this.panicking;
  }

  setHealth(target: Target, healthy: boolean): void {
    if (target.healthy === healthy) return;
    target.standing.healthy = healthy;
    this.board.changed();
    this.look();
  }

  async drain(): Promise<void> {
    await Promise.all(this.targets.map((target) => target.client.drain()));
  }

  destroy(): void {
    for (const target of this.targets) {
      target.passive?.stop();
      target.client.destroy();
    }
  }

  private watched(target: Target): Target {
    const { passiveHealth } = this.config;
    if (passiveHealth === null) return target;
    const changed = (ejectedForMs: number, times: number): void => {
      this.board.changed();
      this.look();
      const ejection = { upstream: this.name, target: target.origin, ejectedForMs, times };
      this.events.emit(ejectedForMs > 0 ? targetEjected : targetReturned, ejection);
    };
    target.passive = new PassiveHealth(passiveHealth, target.standing, changed, this.board.now);
    return target;
  }

  /** Takes in what any worker has learnt of the targets. */
  private look(): void {
    const { version } = this.board;
    if (version === this.seen) return;
    this.seen = version;
    for (const { passive } of this.targets) passive?.watch();
    this.refresh();
  }

  /**
   * When too few targets are left, all of them get traffic: those that are left would only break down under it, and a
   * check that is wrong about all must not be worse than no check.
   */
  private refresh(): void {
    const all = this.weighted();
    const fit = all.filter((target) => target.fit);
    const panic = fit.length === 0 || weightOf(fit) * 100 < this.config.panicThresholdPercent * weightOf(all);
    this.available = panic ? all : fit;
    this.panicking = panic;
    // One of the workers tells.
    if (this.board.setPanic(panic)) this.events.emit(panicChanged, { upstream: this.name, panic });
  }

  private weighted(): Target[] {
    const weighted = this.targets.filter((target) => target.weight > 0);
    return weighted.length > 0 ? weighted : [...this.targets];
  }
}

function weightOf(targets: readonly Target[]): number {
  return targets.reduce((sum, { weight }) => sum + weight, 0);
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
