import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import { parsePathPattern, readParams } from '../routing/path-pattern.js';
import type { RouteInfo } from './contract/route-info.js';
import { isLogged } from './contract/phase-times.js';
import type { Stage, StageHooks } from './contract/stage.js';
import { markPhases } from './phase-marks.js';

type With<K extends keyof StageHooks> = StageHooks & Required<Pick<StageHooks, K>>;

/** A hook and the place of its stage in the route's list. */
export interface Placed<K extends keyof StageHooks> {
  readonly at: number;
  readonly hooks: With<K>;
}

/** The stages of one route, sorted by what they do. Made when a configuration is loaded. */
export interface Pipeline {
  readonly route: RouteInfo;
  /** Names of the stages, in order. */
  readonly stages: readonly string[];
  readonly request: readonly Placed<'request'>[];
  readonly forward: readonly Placed<'forward'>[];
  readonly attempt: readonly Placed<'attempt'>[];
  readonly settle: readonly Placed<'settle'>[];
  readonly broken: readonly Placed<'broken'>[];
  readonly retry: readonly Placed<'retry'>[];
  readonly response: readonly Placed<'response'>[];
  readonly body: readonly Placed<'body'>[];
  readonly end: readonly Placed<'end'>[];
  readonly explain: readonly Placed<'explain'>[];
}

/** @param stages all stages, in order; one that gives null for the route is not in its pipeline */
export function compilePipeline(
  stages: readonly Stage[],
  route: RouteConfig,
  config: GatewayConfig,
  index = 0,
): Pipeline {
  const used: { name: string; hooks: StageHooks }[] = [];
  for (const stage of stages) {
    const hooks = stage.compile(route, config);
    if (hooks !== null) used.push({ name: stage.name, hooks });
  }
  const having = <K extends keyof StageHooks>(kind: K): Placed<K>[] =>
    used.flatMap(({ hooks }, at) => (hooks[kind] === undefined ? [] : [{ at, hooks: hooks as With<K> }]));
  const pattern = parsePathPattern(route.match.path);
  const names = used.map(({ name }) => name);
  const timed = isLogged(route, config) || config.telemetry.tracing.enabled;
  return {
    route: { id: route.id, index, config: route, params: (path) => readParams(pattern, path) },
    stages: names,
    request: timed ? markPhases(having('request'), names) : having('request'),
    forward: having('forward'),
    attempt: having('attempt'),
    settle: having('settle'),
    broken: having('broken'),
    retry: having('retry'),
    // Replies pass the list upwards.
    response: having('response').reverse(),
    body: having('body').reverse(),
    end: having('end').reverse(),
    explain: having('explain'),
  };
}

/** Id of the route that stands for requests that none matched; routes of the configuration cannot be called so. */
const NO_ROUTE = '-';

/** For replies to requests that have no route. */
export function emptyPipeline(route: RouteConfig, index: number): Pipeline {
  const info: RouteInfo = { id: NO_ROUTE, index, config: route, params: () => ({}) };
  return {
    route: info,
    stages: [],
    request: [],
    forward: [],
    attempt: [],
    settle: [],
    broken: [],
    retry: [],
    response: [],
    body: [],
    end: [],
    explain: [],
  };
}
