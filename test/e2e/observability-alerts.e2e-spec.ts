import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { parseConfigObject } from '../../apps/gateway/src/config/index.js';
import { alertsOf, observabilityFiles } from '../../apps/gateway/src/observability-files/observability-files.js';
import { writeFiles } from '../../apps/gateway/src/config/generate/write-files.js';
import { ROOT } from '../helpers/gateway-process.js';
import { promtool } from '../helpers/prometheus.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-alerts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One route of each kind: with a budget and without. */
const { config } = parseConfigObject({
  upstreams: { users: { targets: [{ url: 'http://127.0.0.1:9001' }], breaker: {} } },
  routes: [
    {
      id: 'users',
      match: { path: '/users/*' },
      upstream: 'users',
      rateLimit: {},
      budget: { p95Ms: 300, errorRatePercent: 1 },
    },
    { id: 'free.of-budget', match: { path: '/free' }, respond: {} },
  ],
});
writeFiles(folder, observabilityFiles(config, { target: 'gateway:9102', runbooks: 'https://sluice.example/runbooks' }));
const ruleFiles = ['sluice-recording.yml', 'sluice-alerts.yml'].map((name) => join(folder, 'prometheus/rules', name));

/** A day and more takes promtool its time: it is looked at in larger steps. */
const SHORT = { minutes: 40, stepMinutes: 1 };
const LONG = { minutes: 26 * 60, stepMinutes: 2 };
type Span = typeof SHORT;
const REQUESTS_A_STEP = 1000;

/** What is true of the gateway, at every minute or at the minutes before and behind the last hour. */
interface Scene {
  /** Shares of requests. */
  errors?: number;
  slow?: number;
  /** p95 in seconds of the last hour; before that it is 0.1. */
  p95S?: number;
  memoryBytesBefore?: number;
  memoryBytes?: number;
  up?: number;
  loopBusy?: number;
  targetsHealthy?: number;
  breaker?: number;
  limited?: number;
}

/** All that stays within every limit, by little: a scene changes one thing of it. */
const calm = {
  errors: 0.009,
  slow: 0.04,
  p95S: 0.1,
  memoryBytesBefore: 430e6,
  memoryBytes: 500e6,
  up: 1,
  loopBusy: 0.88,
  targetsHealthy: 1,
  breaker: 0,
  limited: 0.09,
} satisfies Scene;

/** A counter that rises by so much a step. */
const rising = (perStep: number, steps: number): string => `0+${perStep}x${steps}`;
const still = (value: number, steps: number): string => `${value}+0x${steps}`;

function seriesOf(scene: Scene, { minutes, stepMinutes }: Span): { series: string; values: string }[] {
  const steps = minutes / stepMinutes;
  const hour = 60 / stepMinutes;
  const before = steps - hour;
  const { errors, slow, p95S, memoryBytesBefore, memoryBytes, up, loopBusy, targetsHealthy, breaker, limited } = {
    ...calm,
    ...scene,
  };
  const own = 'job="sluice",instance="gateway:9102"';
  const add = (name: string, labels: string, values: string): { series: string; values: string } => ({
    series: `${name}{${own}${labels === '' ? '' : `,${labels}`}}`,
    values,
  });
  const changing = (first: number, then: number): string =>
    before > 0 && first !== then ? `${still(first, before)} ${still(then, hour)}` : still(then, steps);
  const bucket = (le: string, share: number) =>
    add(
      'api_gateway_request_duration_seconds_bucket',
      `route="users",method="GET",le="${le}"`,
      rising(REQUESTS_A_STEP * share, steps),
    );
  return [
    add('api_gateway_active_requests', '', still(1, steps)),
    add('api_gateway_requests_total', 'route="users",status="200"', rising(REQUESTS_A_STEP * (1 - errors), steps)),
    add('api_gateway_requests_total', 'route="users",status="503"', rising(REQUESTS_A_STEP * errors, steps)),
    ...(p95S === calm.p95S
      ? [bucket('0.1', 1 - slow), bucket('0.3', 1 - slow), bucket('1.0', 1), bucket('+Inf', 1)]
      : // Yesterday everything within 0.1 s, now half of it: the p95 is interpolated up to the next bound.
        [
          add(
            'api_gateway_request_duration_seconds_bucket',
            'route="users",method="GET",le="0.1"',
            `0+1000x${before} ${1000 * before}+500x${hour}`,
          ),
          bucket(String(p95S), 1),
          bucket('0.3', 1),
          bucket('+Inf', 1),
        ]),
    add('api_gateway_request_duration_seconds_count', 'route="users",method="GET"', rising(REQUESTS_A_STEP, steps)),
    add('process_resident_memory_bytes', '', changing(memoryBytesBefore, memoryBytes)),
    // Of another program, which no alert may speak of.
    { series: 'process_resident_memory_bytes{job="other",instance="other:1"}', values: still(9e9, steps) },
    add('up', '', still(up, steps)),
    add('nodejs_eventloop_time_seconds_total', 'state="active"', rising(60 * stepMinutes * loopBusy, steps)),
    add('nodejs_eventloop_time_seconds_total', 'state="idle"', rising(60 * stepMinutes * (1 - loopBusy), steps)),
    add('api_gateway_upstream_targets', 'upstream="users",state="healthy"', still(targetsHealthy, steps)),
    add('api_gateway_upstream_targets', 'upstream="users",state="unhealthy"', still(1, steps)),
    add('api_gateway_circuit_breaker_state', 'upstream="users"', still(breaker, steps)),
    add('api_gateway_rate_limiter_allowed_total', 'route="users"', rising(1000 * (1 - limited), steps)),
    add('api_gateway_rate_limiter_rejected_total', 'route="users"', rising(1000 * limited, steps)),
  ];
}

let files = 0;

/** What fires at the end of a scene is exactly this; `window` is that of a burn rate. */
async function expectFiring(scene: Scene, span: Span, firing: readonly { name: string; window?: string }[]) {
  const test = {
    rule_files: ruleFiles,
    evaluation_interval: `${span.stepMinutes}m`,
    tests: [
      {
        interval: `${span.stepMinutes}m`,
        input_series: seriesOf(scene, span),
        promql_expr_test: [
          {
            expr: 'count by (alertname, window) (ALERTS{alertstate="firing"})',
            eval_time: `${span.minutes}m`,
            exp_samples: firing.map(({ name, window }) => ({
              labels: `{alertname="${name}"${window === undefined ? '' : `,window="${window}"`}}`,
              value: 1,
            })),
          },
        ],
      },
    ],
  };
  const file = join(folder, `test-${files++}.yml`);
  writeFileSync(file, stringify(test, { lineWidth: 0 }));
  await promtool('test', 'rules', file);
}

const everyWindow = ['1h', '6h', '1d', '3d'];
const burning = (name: string, windows: readonly string[]) => windows.map((window) => ({ name, window }));

describe('the alerts', () => {
  const provoked: readonly (readonly [string, Scene, Span, readonly { name: string; window?: string }[]])[] = [
    [
      'say that a route burns its errors at 20 times what a month allows',
      { errors: 0.2 },
      SHORT,
      [...burning('RouteErrorBudgetBurning', everyWindow), { name: 'RouteErrorsAboveOnePercent' }],
    ],
    [
      'say that more than 1 % fail, and open a ticket for what is spent slowly',
      { errors: 0.015 },
      SHORT,
      [...burning('RouteErrorBudgetBurning', ['3d']), { name: 'RouteErrorsAboveOnePercent' }],
    ],
    [
      'say that three of four requests break the latency budget',
      { slow: 0.75 },
      SHORT,
      burning('RouteLatencyBudgetBurning', everyWindow),
    ],
    [
      'open a ticket when a fifth of the requests break the latency budget',
      { slow: 0.2 },
      SHORT,
      burning('RouteLatencyBudgetBurning', ['1d', '3d']),
    ],
    [
      'say that since yesterday p95 rose by more than 50 ms, and memory by more than 20 %',
      { p95S: 0.25, memoryBytesBefore: 400e6 },
      LONG,
      [{ name: 'GatewayMemoryRose' }, { name: 'RouteP95Rose' }],
    ],
    ['say that a gateway takes more than 512 MB', { memoryBytes: 520e6 }, SHORT, [{ name: 'GatewayMemoryAbove512MB' }]],
    ['say that a gateway is gone', { up: 0 }, SHORT, [{ name: 'GatewayDown' }]],
    ['say that the event loop is busy', { loopBusy: 0.93 }, SHORT, [{ name: 'GatewayEventLoopBusy' }]],
    [
      'say that an upstream has no healthy target',
      { targetsHealthy: 0 },
      SHORT,
      [{ name: 'UpstreamWithoutHealthyTarget' }],
    ],
    ['say that a breaker is open', { breaker: 1 }, SHORT, [{ name: 'UpstreamBreakerOpen' }]],
    ['say that a limit refuses many requests', { limited: 0.2 }, SHORT, [{ name: 'RouteRateLimitRejecting' }]],
  ];

  it.each(provoked)('%s', async (_, scene, span, firing) => {
    await expectFiring(scene, span, firing);
  });

  it.each([
    ['with everything just within its limits', {}, SHORT],
    ['with a p95 and a memory that rose by less since yesterday', { p95S: 0.14, memoryBytesBefore: 420e6 }, LONG],
    ['with a breaker that tries again', { breaker: 2 }, SHORT],
  ] as const)('are silent %s', async (_, scene, span) => {
    await expectFiring(scene, span, []);
  });

  it('are all among those that were provoked', () => {
    const names = alertsOf(config).flatMap(({ rules }) =>
      rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : [])),
    );
    const fired = new Set(provoked.flatMap(([, , , firing]) => firing.map(({ name }) => name)));
    expect([...fired].sort()).toEqual([...new Set(names)].sort());
  });

  it('tell the route, how bad it is and where to read on', async () => {
    const file = join(folder, 'test-text.yml');
    const test = {
      rule_files: ruleFiles,
      tests: [
        {
          interval: '1m',
          input_series: seriesOf({ errors: 0.2 }, SHORT),
          alert_rule_test: [
            {
              eval_time: `${SHORT.minutes}m`,
              alertname: 'RouteErrorsAboveOnePercent',
              exp_alerts: [
                {
                  exp_labels: { severity: 'ticket', route: 'users' },
                  exp_annotations: {
                    summary: 'More than 1 % of the requests to route users fail',
                    description: '20% of the requests of the last 5 minutes ended with 500 or above.',
                    runbook_url: 'https://sluice.example/runbooks#errors',
                  },
                },
              ],
            },
          ],
        },
      ],
    };
    writeFileSync(file, stringify(test, { lineWidth: 0 }));
    await promtool('test', 'rules', file);
  });
});

describe('the committed files of the demo configuration', () => {
  it('are rules and a configuration that Prometheus takes', async () => {
    const prometheus = join(ROOT, 'deploy/prometheus');
    await promtool('check', 'config', join(prometheus, 'prometheus.yml'));
    await promtool(
      'check',
      'rules',
      ...['recording', 'alerts'].map((name) => join(prometheus, `rules/sluice-${name}.yml`)),
    );
  });
});
