import type { RouteConfig } from '../../config/schema/gateway.schema.js';
import { RandomStream } from '../chance/random-stream.js';
import { SimulationInputError } from '../simulation-input.error.js';
import type { KeyChoice } from './key-choice.js';
import { usualMethod, type Arrival, type Traffic } from './traffic.js';

const RPS_MAX = 1_000_000;
const DAY_MS = 86_400_000;
/** The hour of the day in which the least comes; the most comes twelve hours later. */
const QUIET_MS = 4 * 3_600_000;

export interface PoissonOptions {
  /** `RPS`, or `LOW-HIGH` for a rate that goes from one to the other and back each day. */
  readonly rate: string;
  readonly routes: readonly RouteConfig[];
  readonly keys: KeyChoice;
  readonly durationMs: number;
  readonly seed: number;
}

/** Requests that come independently of each other (a Poisson process), evenly over the routes. */
export class PoissonTraffic implements Traffic {
  readonly startMs = 0;
  readonly endMs: number;
  readonly description: string;
  private readonly low: number;
  private readonly high: number;
  private readonly arrival: Arrival;
  private readonly random: () => number;
  private readonly methods: readonly string[];

  constructor(private readonly options: PoissonOptions) {
    const { rate, routes, keys, durationMs, seed } = options;
    const [, low, high = low] = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/.exec(rate) ?? [];
    [this.low, this.high] = [Number(low), Number(high)];
    if (!(this.low <= this.high && this.high <= RPS_MAX)) {
      throw SimulationInputError.usage(
        `--traffic poisson:${rate}: must be poisson:RPS or poisson:LOW-HIGH, in requests a second up to 1000000`,
      );
    }
    if (this.high === 0) throw SimulationInputError.usage(`--traffic poisson:${rate}: 0 a second is no traffic`);
    this.endMs = durationMs;
    this.description = `poisson, ${low === high ? low : `${low} to ${high}`} requests a second, keys ${keys.text}`;
    this.random = new RandomStream(seed, 1).next;
    this.methods = routes.map(usualMethod);
    this.arrival = {
      atMs: 0,
      route: routes[0],
      caller: keys.pick(0),
      method: this.methods[0],
      status: 0,
      latencyMs: -1,
    };
  }

  next(): Arrival | null {
    const { arrival, random, high } = this;
    const steady = this.low === high;
    // A varying rate is the highest one, thinned out (Lewis and Shedler).
    for (;;) {
      arrival.atMs -= (Math.log(1 - random()) * 1_000) / high;
      if (steady || random() * high < this.rateAt(arrival.atMs)) break;
    }
    if (arrival.atMs >= this.endMs) return null;
    const { routes, keys } = this.options;
    const at = routes.length === 1 ? 0 : Math.floor(random() * routes.length);
    arrival.route = routes[at];
    arrival.method = this.methods[at];
    arrival.caller = keys.pick(random());
    return arrival;
  }

  private rateAt(atMs: number): number {
    const turn = ((atMs - QUIET_MS) / DAY_MS) * 2 * Math.PI;
    return this.low + ((this.high - this.low) * (1 - Math.cos(turn))) / 2;
  }
}
