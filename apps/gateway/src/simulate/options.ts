import { resolve } from 'node:path';
import { didYouMean } from '../config/nearest-name.js';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import { BackendModel } from './backend/backend-model.js';
import { parseFailures } from './backend/failure-rule.js';
import { parseLatency } from './backend/latency.js';
import type { SimulationOptions } from './run/simulation.js';
import { SimulationInputError } from './simulation-input.error.js';
import { durationMs } from './time-text.js';
import { KeyChoice } from './traffic/key-choice.js';
import { PoissonTraffic } from './traffic/poisson.traffic.js';
import type { Traffic } from './traffic/traffic.js';
import { TraceTraffic } from './traffic/trace.traffic.js';

/** What the command line says, as it was written. */
export interface SimulateArguments {
  readonly traffic?: string | undefined;
  readonly duration?: string | undefined;
  readonly seed?: string | undefined;
  readonly route?: string | undefined;
  readonly keys?: string | undefined;
  readonly 'latency-ms'?: string | undefined;
  readonly failures?: string | undefined;
}

const POISSON = 'poisson:';
const DURATION_DEFAULT = '24h';
const DURATION_MS_MAX = 31 * 86_400_000;
const LATENCY_DEFAULT = 'p50:20,p99:100';
const KEYS_DEFAULT = '100';
const SEED_DEFAULT = '1';

/**
 * Understands what is to be simulated.
 *
 * @param cwd folder that the name of a trace starts from
 * @throws SimulationInputError with what is wrong
 */
export function simulationOptions(
  config: GatewayConfig,
  revision: string,
  given: SimulateArguments,
  cwd: string,
): SimulationOptions {
  const seed = seedOf(given.seed ?? SEED_DEFAULT);
  const routes = routesOf(given.route, config.routes);
  const latency = parseLatency(given['latency-ms'] ?? LATENCY_DEFAULT);
  const failures = given.failures === undefined ? [] : parseFailures(given.failures, Object.keys(config.upstreams));
  const traffic = trafficOf(given, config, routes, seed, cwd);
  return { config, revision, routes, traffic, backend: new BackendModel(latency, failures, seed), seed };
}

function trafficOf(
  given: SimulateArguments,
  config: GatewayConfig,
  routes: readonly RouteConfig[],
  seed: number,
  cwd: string,
): Traffic {
  const { traffic, duration, keys } = given;
  if (traffic === undefined || traffic === '') {
    throw SimulationInputError.usage('which traffic? --traffic trace.csv or --traffic poisson:RPS');
  }
  const lasts = duration === undefined ? null : lengthOf(duration);
  if (traffic.startsWith(POISSON)) {
    return new PoissonTraffic({
      rate: traffic.slice(POISSON.length),
      routes,
      keys: new KeyChoice(keys ?? KEYS_DEFAULT),
      durationMs: lasts ?? lengthOf(DURATION_DEFAULT),
      seed,
    });
  }
  if (keys !== undefined) throw SimulationInputError.usage('--keys goes with poisson: a trace has its own');
  return new TraceTraffic({
    name: traffic,
    path: resolve(cwd, traffic),
    routes: config.routes,
    chosen: routes,
    durationMs: lasts,
  });
}

function routesOf(text: string | undefined, routes: readonly RouteConfig[]): readonly RouteConfig[] {
  if (routes.length === 0) throw SimulationInputError.usage('the configuration has no routes');
  if (text === undefined) return routes;
  return [...new Set(text.split(','))].map((id) => {
    const route = routes.find((each) => each.id === id);
    if (route !== undefined) return route;
    const hint = didYouMean(
      id,
      routes.map((each) => each.id),
    );
    throw SimulationInputError.usage(
      `--route: there is no route ${JSON.stringify(id)}${hint === undefined ? '' : `; ${hint}`}`,
    );
  });
}

function seedOf(text: string): number {
  const seed = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seed)) return seed;
  throw SimulationInputError.usage(`--seed ${JSON.stringify(text)}: must be a whole number`);
}

function lengthOf(text: string): number {
  const ms = durationMs(text);
  if (ms > 0 && ms <= DURATION_MS_MAX) return ms;
  throw SimulationInputError.usage(
    `--duration ${JSON.stringify(text)}: must be a time up to 31 days, as in 90s, 10m, 24h or 7d`,
  );
}
