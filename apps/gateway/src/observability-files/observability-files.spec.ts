import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parseConfigObject, type ConfigObject } from '../config/load.js';
import { dashboardsOf, localTarget, observabilityFiles } from './observability-files.js';

const route = (id: string, more: object = {}) => ({ id, match: { path: `/${id}` }, respond: {}, ...more });

function filesOf(input: ConfigObject): Map<string, string> {
  const { config } = parseConfigObject(input);
  const files = observabilityFiles(config, { target: 'gateway:9102', runbooks: 'runbooks.md' });
  return new Map(files.map(({ path, text }) => [path, text]));
}

interface Rendered {
  id: number;
  type: string;
  title: string;
  collapsed?: boolean;
  panels?: Rendered[];
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { thresholds: { steps: { value: number | null }[] } } };
}

function panelsOf(files: Map<string, string>, name: string): Rendered[] {
  return (JSON.parse(files.get(`grafana/dashboards/${name}.json`) ?? '') as { panels: Rendered[] }).panels;
}

const rulesOf = (files: Map<string, string>, name: string): { expr: string; record?: string; alert?: string }[] =>
  parse(files.get(`prometheus/rules/sluice-${name}.yml`) ?? '').groups.flatMap(
    ({ rules }: { rules: unknown[] }) => rules,
  );

describe('the files that watch a gateway', () => {
  it('draw the budget of a route as the line of its panels', () => {
    const files = filesOf({ routes: [route('users', { budget: { p95Ms: 120, errorRatePercent: 0.5 } })] });
    const panels = panelsOf(files, 'sluice-routes');
    const lineOf = (title: string) =>
      panels.find((panel) => panel.title === title)?.fieldConfig?.defaults.thresholds.steps.at(-1)?.value;
    expect(panels[0].title).toBe('users: p95 within 120 ms, at most 0.5 % errors');
    expect(lineOf('Duration')).toBe(0.12);
    expect(lineOf('Share of 5xx')).toBe(0.005);
  });

  it('draw no line for a route without a budget', () => {
    const panels = panelsOf(filesOf({ routes: [route('users')] }), 'sluice-routes');
    expect(panels[0].title).toBe('users: no budget');
    const steps = panels.flatMap(({ fieldConfig }) => fieldConfig?.defaults.thresholds.steps ?? []);
    expect(steps.every(({ value }) => value === null)).toBe(true);
  });

  it('leave rows of many routes closed, so that Prometheus is not asked for all of them', () => {
    const routes = Array.from({ length: 40 }, (_, at) => route(`r${at}`));
    const panels = panelsOf(filesOf({ routes }), 'sluice-routes');
    expect(panels).toHaveLength(40);
    expect(
      panels.every(({ type, collapsed, panels: inner = [] }) => type === 'row' && collapsed && inner.length > 0),
    ).toBe(true);
  });

  it('give every panel its own id and place', () => {
    const files = filesOf({ telemetry: { budget: {} }, routes: [route('a'), route('b')] });
    for (const { uid } of dashboardsOf(parseConfigObject({ routes: [route('a')] }).config)) {
      const panels = panelsOf(files, uid);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)}:${y + Math.floor(at / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    }
  });

  it('count what keeps a budget at the bucket that ends there, as the gateway writes it', () => {
    const files = filesOf({
      routes: [route('fast', { budget: { p95Ms: 2.5 } }), route('slow', { budget: { p95Ms: 2000 } })],
    });
    const slow = rulesOf(files, 'recording').filter(({ record }) => record === 'route:api_gateway_slow:ratio_rate5m');
    expect(slow.map(({ expr }) => /route="(\w+)",le="([\d.]+)"/.exec(expr)?.slice(1))).toEqual([
      ['fast', '0.0025'],
      ['slow', '2.0'],
    ]);
  });

  it('have one rule for all routes of one budget, whatever characters their ids have', () => {
    const budget = { errorRatePercent: 2 };
    const files = filesOf({ routes: [route('a.b', { budget }), route('c-d', { budget })] });
    const alerts = rulesOf(files, 'alerts').filter(({ alert }) => alert === 'RouteErrorBudgetBurning');
    expect(alerts.map(({ expr }) => expr.split('\n')[0])).toEqual([
      'route:api_gateway_errors:ratio_rate1h{route=~"a[.]b|c-d"} > 0.288',
      'route:api_gateway_errors:ratio_rate6h{route=~"a[.]b|c-d"} > 0.12',
      'route:api_gateway_errors:ratio_rate1d{route=~"a[.]b|c-d"} > 0.06',
      'route:api_gateway_errors:ratio_rate3d{route=~"a[.]b|c-d"} > 0.02',
    ]);
  });

  it('can fire also for a budget so generous that 14.4 times of it is more than everything', () => {
    const files = filesOf({ routes: [route('a', { budget: { errorRatePercent: 20 } })] });
    const alert = rulesOf(files, 'alerts').find(({ expr }) => expr.startsWith('route:api_gateway_errors:ratio_rate1h'));
    expect(alert?.expr).toContain('> 0.95');
  });

  it('speak of no budget where there is none', () => {
    const files = filesOf({ routes: [route('a')] });
    expect(rulesOf(files, 'alerts').some(({ alert }) => alert?.includes('Budget') === true)).toBe(false);
    expect(rulesOf(files, 'recording').some(({ record }) => record?.includes('slow') === true)).toBe(false);
  });

  it.each([
    [null, true, false],
    [{}, true, true],
    [{}, false, false],
  ])('watch breakers where there are any: %j, enabled %j', (breaker, enabled, watched) => {
    const upstreams = { users: { targets: [{ url: 'http://127.0.0.1:9001' }], breaker } };
    const files = filesOf({ circuitBreaker: { enabled }, upstreams, routes: [] });
    expect(rulesOf(files, 'alerts').some(({ alert }) => alert === 'UpstreamBreakerOpen')).toBe(watched);
    expect(panelsOf(files, 'sluice-upstreams').some(({ title }) => title === 'Breakers')).toBe(watched);
  });

  it.each([
    [{}, {}, []],
    [{}, { rateLimit: {}, cache: {} }, ['sluice-limits', 'sluice-cache']],
    [{}, { rateLimit: false, cache: { enabled: false } }, []],
    [{ rateLimit: { preAuth: {} } }, {}, ['sluice-limits']],
    [{ rateLimit: { enabled: false, preAuth: {} }, cache: { enabled: false } }, { rateLimit: {}, cache: {} }, []],
  ])('have a dashboard of limits and one of the cache where those are: %j, route %j', (input, more, uids) => {
    const { config } = parseConfigObject({ ...input, routes: [route('a', more)] });
    const always = new Set(['sluice-overview', 'sluice-routes', 'sluice-upstreams', 'sluice-runtime']);
    const extra = dashboardsOf(config).flatMap(({ uid }) => (always.has(uid) ? [] : [uid]));
    expect(extra).toEqual(uids);
  });

  it('tell Prometheus where the control plane is', () => {
    const config = parse(filesOf({ routes: [] }).get('prometheus/prometheus.yml') ?? '');
    expect(config.scrape_configs).toEqual([{ job_name: 'sluice', static_configs: [{ targets: ['gateway:9102'] }] }]);
  });

  it.each([
    [{ server: { port: 8081 } }, 'localhost:8081'],
    [{ server: { port: 8081 }, management: { port: 9102 } }, 'localhost:9102'],
  ])('look for it on this machine by default: %j', (input, target) => {
    expect(localTarget(parseConfigObject({ ...input, routes: [] }).config)).toBe(target);
  });
});
