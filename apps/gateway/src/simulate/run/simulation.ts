import { KeyHash, MemoryStore } from '@app/rate-limit';
import { REFUSED } from '@app/resilience';
import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import { Events } from '../../pipeline/contract/events.js';
import { retryBudgetSpent } from '../../resilience/events.js';
import type { BackendModel } from '../backend/backend-model.js';
import { Draws } from '../chance/draws.js';
import { RandomStream } from '../chance/random-stream.js';
import { withTimersOf } from '../clock/borrowed-timers.js';
import { VirtualTime } from '../clock/virtual-time.js';
import { SimulatedRoute, type RouteShare } from '../policies/simulated-route.js';
import { SimulatedUpstream } from '../policies/simulated-upstream.js';
import type { SimulationResult } from '../result/simulation-result.js';
import { Timeline, type CountedSeries } from '../result/timeline.js';
import { SimulationInputError } from '../simulation-input.error.js';
import type { Traffic } from '../traffic/traffic.js';
import { notesOn } from './notes.js';
import { SimulatedRequest } from './simulated-request.js';

export interface SimulationOptions {
  readonly config: GatewayConfig;
  readonly revision: string;
  /** Routes whose requests are replayed. */
  readonly routes: readonly GatewayConfig['routes'][number][];
  readonly traffic: Traffic;
  readonly backend: BackendModel;
  /** A whole number up to 2^53. */
  readonly seed: number;
}

/** What the gateway answers for an upstream without a reply. */
const UNREACHABLE = 502;
const LATE = 504;

/**
 * Runs traffic through the policies of a configuration, in the order that pipeline/stage-order.ts has for them.
 *
 * @throws SimulationInputError for traffic without a request, and for a budget that none puts to the test
 */
export function simulate(options: SimulationOptions): SimulationResult {
  const time = new VirtualTime(options.traffic.startMs);
  const result = withTimersOf(time, () => new Simulation(options, time).run());
  const idle = result.routes.filter(({ offered }) => offered === 0);
  const untested = idle.length === result.routes.length ? idle : idle.filter(({ budget }) => budget !== null);
  if (untested.length === 0) return result;
  const ids = untested.map(({ id }) => id).join(', ');
  throw SimulationInputError.data(
    `${options.traffic.description}: no request for ${ids}${untested.length < result.routes.length ? ', which has a budget; name the others with --route' : ''}`,
  );
}

class Simulation {
  private readonly timeline: Timeline;
  private readonly upstreams: ReadonlyMap<string, SimulatedUpstream>;
  private readonly routes: ReadonlyMap<string, SimulatedRoute>;
  private readonly choices: Draws;
  private readonly events = new Events();
  private budgetSpent = false;
  private pending = 0;
  private offered = 0;
  private readonly go = (request: SimulatedRequest): void => this.step(request);

  constructor(
    private readonly options: SimulationOptions,
    private readonly time: VirtualTime,
  ) {
    const { config, routes, traffic, seed } = options;
    const chance = new RandomStream(seed, 3);
    this.timeline = new Timeline(traffic.startMs, traffic.endMs);
    this.choices = new Draws(chance.word());
    const names = new Set(
      routes.flatMap(({ upstream, weighted = [] }) => [upstream, ...weighted.map((w) => w.upstream)]),
    );
    this.upstreams = new Map(
      [...names].flatMap((name) => (name === undefined ? [] : [[name, new SimulatedUpstream(name, config, time)]])),
    );
    const surroundings = {
      config,
      memory: new MemoryStore({ keysMax: config.rateLimit.keysMax, now: time.now }),
      // The secret of a process would let keys meet differently each time.
      hash: new KeyHash(chance.word(), chance.word()),
      upstreams: this.upstreams,
      random: chance.next,
      now: time.now,
    };
    this.routes = new Map(routes.map((route) => [route.id, new SimulatedRoute(route, surroundings)]));
    this.events.on(retryBudgetSpent, () => (this.budgetSpent = true));
  }

  run(): SimulationResult {
    const { time, options, timeline } = this;
    const { traffic, config, revision, seed } = options;
    for (let arrival = traffic.next(); arrival !== null; arrival = traffic.next()) {
      time.advanceTo(arrival.atMs);
      const route = this.routes.get(arrival.route.id) as SimulatedRoute;
      this.arrive(new SimulatedRequest(this.offered++, arrival, route, this.events, this.go));
    }
    const endMs = traffic.endMs ?? time.nowMs;
    // Requests that are under way get their reply; a breaker that is open stays so.
    while (this.pending > 0 && time.step());
    for (const { breaker } of this.upstreams.values()) breaker?.stop();
    return {
      traffic: traffic.description,
      seed,
      revision,
      startMs: traffic.startMs,
      endMs,
      routes: [...this.routes.values()].map(({ tally }) => tally.result()),
      upstreams: [...this.upstreams.values()].map((upstream) => upstream.result(endMs)),
      timeline: {
        columnMs: timeline.columnMs,
        series: timeline.all(),
      },
      notes: notesOn(config, options.routes),
    };
  }

  private step(request: SimulatedRequest): void {
    switch (request.step) {
      case 'admitted':
        this.start(request);
        break;
      case 'settle':
        this.settle(request);
        break;
      case 'retry':
        this.attempt(request);
        break;
      case 'give-up':
        this.giveUp(request);
        break;
    }
  }

  private arrive(request: SimulatedRequest): void {
    const { route } = request;
    this.pending++;
    route.tally.offered++;
    this.count('offered', request);
    const limit = route.limit(request);
    if (limit !== null) {
      this.refuse(request, 'limited', `limit ${limit}`);
      return;
    }
    if (route.shares.length === 0) {
      this.reply(request, route.ownStatus);
      return;
    }
    const share = route.shares.length === 1 ? route.shares[0] : route.choose(this.choices.of(request.number, 0));
    request.share = share;
    this.enterBulkhead(request, share);
  }

  private enterBulkhead(request: SimulatedRequest, { upstream }: RouteShare): void {
    const { bulkhead } = upstream;
    if (bulkhead === null || bulkhead.enter()) {
      this.start(request);
      return;
    }
    request.waiter = bulkhead.wait((admitted) => {
      request.waiter = null;
      if (!admitted) {
        this.refuse(request, 'bulkhead', 'bulkhead timeout');
        return;
      }
      // By the clock, and not from within: who leaves would otherwise call who waits, and so on through the queue.
      request.step = 'admitted';
      this.time.plan(request, this.time.nowMs);
    });
    if (request.waiter === null) {
      this.refuse(request, 'bulkhead', 'bulkhead');
      return;
    }
    request.route.tally.queued++;
    this.timeline.peak('queued', this.time.nowMs, bulkhead.waiting);
    upstream.look();
  }

  /** The request has its place. */
  private start(request: SimulatedRequest): void {
    const { upstream } = request.share as RouteShare;
    upstream.active++;
    upstream.look();
    this.timeline.peak('active', this.time.nowMs, upstream.active);
    if (upstream.breaker?.admits === false) {
      this.leave(request);
      this.refuse(request, 'breaker', 'breaker');
      return;
    }
    this.attempt(request);
  }

  private attempt(request: SimulatedRequest): void {
    const { upstream, retry, deadlineMs } = request.share as RouteShare;
    const { time } = this;
    request.attempts++;
    if (upstream.breaker !== null) {
      request.breakerPass = upstream.breaker.enter();
      if (request.breakerPass === REFUSED) {
        this.leave(request);
        this.refuse(request, 'breaker', 'breaker');
        return;
      }
    }
    if (request.attempts === 1) retry?.budget.deposit(request.startedAt);
    upstream.tries++;
    request.trying = true;
    const first = request.attempts === 1;
    const result = this.options.backend.try(
      upstream.name,
      request.number,
      request.attempts,
      time.nowMs,
      first ? request.givenStatus : 0,
      first ? request.givenLatencyMs : -1,
    );
    request.status = result.status;
    request.failure = result.failure;
    let endMs = time.nowMs + result.latencyMs;
    if (result.latencyMs > upstream.headersMs) {
      request.status = 0;
      request.failure = 'headers-timeout';
      endMs = time.nowMs + upstream.headersMs;
    }
    this.plan(request, 'settle', endMs, request.startedAt + deadlineMs);
  }

  /** Plans what comes next, or the end of the request when its deadline is before that. */
  private plan(request: SimulatedRequest, step: 'settle' | 'retry', atMs: number, deadlineMs: number): void {
    request.step = deadlineMs < atMs ? 'give-up' : step;
    const dueMs = Math.max(this.time.nowMs, Math.min(atMs, deadlineMs));
    // Without any limit on the time, what never ends is left behind.
    if (dueMs < Infinity) this.time.plan(request, dueMs);
  }

  /** The try is over: the breaker is told, and then a retry decided. */
  private settle(request: SimulatedRequest): void {
    const { upstream, retry, deadlineMs } = request.share as RouteShare;
    const { status, failure } = request;
    this.leaveBreaker(request, failure !== null || status >= 500);
    if (retry !== null && upstream.breaker?.admits !== false) {
      const delayMs = retry.delay(request, status, failure, null);
      if (this.budgetSpent) request.route.tally.retriesDenied++;
      this.budgetSpent = false;
      if (delayMs >= 0) {
        request.route.tally.retries++;
        this.count('retries', request);
        this.plan(request, 'retry', this.time.nowMs + delayMs, request.startedAt + deadlineMs);
        return;
      }
    }
    this.leave(request);
    if (failure === null) this.reply(request, status);
    else this.reply(request, failure === 'connect-failed' ? UNREACHABLE : LATE);
  }

  /** The time of the request is up, in the middle of a try or between two. */
  private giveUp(request: SimulatedRequest): void {
    if (request.trying) this.leaveBreaker(request, true);
    this.leave(request);
    this.reply(request, LATE);
  }

  private leaveBreaker(request: SimulatedRequest, failed: boolean): void {
    const { upstream } = request.share as RouteShare;
    request.trying = false;
    if (failed) upstream.failedTries++;
    upstream.breaker?.leave(request.breakerPass, failed);
  }

  private leave(request: SimulatedRequest): void {
    const { upstream } = request.share as RouteShare;
    upstream.active--;
    upstream.bulkhead?.leave();
  }

  private refuse(request: SimulatedRequest, series: CountedSeries, by: string): void {
    this.pending--;
    request.route.tally.refuse(by, series === 'limited');
    this.count(series, request);
  }

  private reply(request: SimulatedRequest, status: number): void {
    const { tally } = request.route;
    this.pending--;
    tally.latency.add(this.time.nowMs - request.startedAt);
    if (status < 500) tally.answered++;
    else tally.fail(status);
    this.count(status < 500 ? 'answered' : 'failed', request);
  }

  private count(series: CountedSeries, request: SimulatedRequest): void {
    this.timeline.count(series, request.startedAt);
  }
}
