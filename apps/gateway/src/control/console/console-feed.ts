import { Inject, Injectable, Optional } from '@nestjs/common';
import { ConfigSnapshot } from '../../config/index.js';
import { budgetOf } from '../../config/route-budget.js';
import { Lifecycle } from '../../pipeline/lifecycle.js';
import { METRIC_SOURCES, type MetricSource } from '../../telemetry/metrics.constants.js';
import { UpstreamRegistry } from '../../upstream/upstream-registry.js';
import { RecentProblems, type RecentProblem } from '../admin/recent-problems.js';
import { WorkerLoads, type Load } from './worker-loads.js';
import { between, emptyReading, quantile, readSources, type Reading, type RouteReading } from './reading.js';

/** Readings that are kept: rates are those of the last ten seconds. */
const READINGS_MAX = 6;
const PROBLEMS_SHOWN = 15;
const BREAKER_STATES = ['closed', 'open', 'half-open'];

export interface RouteView {
  readonly id: string;
  readonly ratePerS: number | null;
  readonly errorPercent: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly budgetP95Ms: number | null;
  /** What is left of the errors that the budget allows, since the start; below 0 when there were more. */
  readonly errorBudgetLeftPercent: number | null;
  readonly limitedPerS: number | null;
  readonly cacheHitPercent: number | null;
}

export interface ConsoleSnapshot {
  readonly at: string;
  readonly phase: string;
  readonly revision: string;
  readonly totals: Readonly<Record<string, number | null>>;
  readonly routes: readonly RouteView[];
  readonly upstreams: readonly UpstreamView[];
  readonly problems: readonly RecentProblem[];
}

interface UpstreamView {
  readonly name: string;
  /** null when the upstream has no breaker. */
  readonly breaker: string | null;
  readonly targets: readonly { url: string; healthy: boolean; active: number; connections: number }[];
}

/** What the console shows, from the numbers that metrics are written from: asked for only while somebody looks. */
@Injectable()
export class ConsoleFeed {
  private readonly readings: Reading[] = [];

  constructor(
    @Inject(ConfigSnapshot) private readonly snapshotOfConfig: ConfigSnapshot,
    @Inject(WorkerLoads) private readonly loads: WorkerLoads,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
    @Inject(UpstreamRegistry) private readonly registry: UpstreamRegistry,
    @Inject(RecentProblems) private readonly recent: RecentProblems,
    /** None when metrics are off. */
    @Optional() @Inject(METRIC_SOURCES) private readonly sources: readonly MetricSource[] = [],
  ) {}

  async snapshot(): Promise<ConsoleSnapshot> {
    const [load, problems] = await Promise.all([this.loads.read(), this.recent.list()]);
    const now = readSources(this.sources, performance.now());
    const before = this.readings[0] ?? now;
    this.readings.push(now);
    if (this.readings.length > READINGS_MAX) this.readings.shift();
    const { config, revision } = this.snapshotOfConfig;
    const seconds = (now.atMs - before.atMs) / 1_000;
    const routes = config.routes.map((route) => {
      const since = now.routes.get(route.id) ?? emptyReading();
      const recent = between(before.routes.get(route.id) ?? emptyReading(), since);
      return viewOf(route.id, budgetOf(route, config), recent, since, seconds);
    });
    return {
      at: new Date().toISOString(),
      phase: this.lifecycle.phase,
      revision,
      totals: totalsOf(before, now, seconds, load),
      routes,
      upstreams: this.upstreams(now, load),
      problems: problems.slice(0, PROBLEMS_SHOWN),
    };
  }

  private upstreams({ breakers }: Reading, load: Load): UpstreamView[] {
    return [...this.registry.groups.values()].map(({ name, targets }, upstream) => ({
      name,
      breaker: BREAKER_STATES[breakers.get(name) ?? -1] ?? null,
      targets: targets.map(({ origin: url, healthy }, at) => {
        const { active, connections } = load.targets[upstream][at];
        return { url, healthy, active, connections };
      }),
    }));
  }
}

function totalsOf(before: Reading, now: Reading, seconds: number, load: Load): ConsoleSnapshot['totals'] {
  const all = between(sum(before), sum(now));
  return {
    ratePerS: rate(all.requests, seconds),
    active: load.active,
    errorPercent: share(all.errors, all.requests),
    limitedPerS: rate(all.limited, seconds),
    limiterKeys: now.limiterKeys,
    cacheHitPercent: share(all.cacheHits, all.cacheLookups),
    loopBusyPercent: load.loopBusyPercent,
    rssBytes: process.memoryUsage.rss(),
  };
}

function viewOf(
  id: string,
  budget: ReturnType<typeof budgetOf>,
  recent: RouteReading,
  since: RouteReading,
  seconds: number,
): RouteView {
  return {
    id,
    ratePerS: rate(recent.requests, seconds),
    errorPercent: share(recent.errors, recent.requests),
    p50Ms: milliseconds(recent, 0.5),
    p95Ms: milliseconds(recent, 0.95),
    p99Ms: milliseconds(recent, 0.99),
    budgetP95Ms: budget?.p95Ms ?? null,
    errorBudgetLeftPercent: budgetLeft(since, budget?.errorRatePercent ?? 0),
    limitedPerS: rate(recent.limited, seconds),
    cacheHitPercent: share(recent.cacheHits, recent.cacheLookups),
  };
}

function budgetLeft({ requests, errors }: RouteReading, errorRatePercent: number): number | null {
  if (requests === 0 || errorRatePercent === 0) return null;
  return 100 - (errors / (requests * errorRatePercent)) * 10_000;
}

function sum({ routes }: Reading): RouteReading {
  const all = emptyReading();
  for (const { requests, errors, limited, cacheHits, cacheLookups } of routes.values()) {
    all.requests += requests;
    all.errors += errors;
    all.limited += limited;
    all.cacheHits += cacheHits;
    all.cacheLookups += cacheLookups;
  }
  return all;
}

function rate(count: number, seconds: number): number | null {
  return seconds > 0 ? count / seconds : null;
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? (part / whole) * 100 : null;
}

function milliseconds({ buckets }: RouteReading, quantileShare: number): number | null {
  const seconds = quantile(buckets, quantileShare);
  return seconds === null ? null : seconds * 1_000;
}
