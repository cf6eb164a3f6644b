import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../apps/gateway/src/config/index.js';
import { Gateway, checksFor } from '../../apps/gateway/src/gateway.js';
import {
  alertsOf,
  dashboardsOf,
  observabilityFiles,
} from '../../apps/gateway/src/observability-files/observability-files.js';
import { recordingRules } from '../../apps/gateway/src/observability-files/prometheus/recording-rules.js';
import type { Query } from '../../apps/gateway/src/observability-files/promql.js';
import { writeFiles } from '../../apps/gateway/src/config/generate/write-files.js';
import { call } from '../helpers/call.js';
import { pass } from '../helpers/eventually.js';
import { ROOT } from '../helpers/gateway-process.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { Prometheus } from '../helpers/prometheus.js';
import { bearer, claimsOf, hmacToken } from '../helpers/signed-token.js';

const SCRAPE = '250ms';
const TRAFFIC_MS = 100;
const RESULT_MS_MAX = 15_000;

const committed = load({});
const dashboards = dashboardsOf(committed.config).flatMap(({ title, rows }) =>
  rows.flatMap((row) =>
    row.panels.flatMap((panel) =>
      panel.queries.map((query): [string, Query] => [`${title} / ${row.title} / ${panel.title}`, query]),
    ),
  ),
);
const rules = recordingRules(committed.config).flatMap((group) =>
  group.rules.flatMap((rule): [string, Query][] => ('record' in rule ? [[rule.record, { expr: rule.record }]] : [])),
);
const conditions = alertsOf(committed.config).flatMap((group) =>
  group.rules.flatMap((rule): [string, Query][] =>
    'alert' in rule ? rule.conditions.map((condition) => [rule.alert, condition]) : [],
  ),
);

function load(env: Record<string, string>) {
  return loadConfig({ file: join(ROOT, 'gateway.demo.yaml'), env, cwd: ROOT, ...checksFor([]) });
}

/** What Grafana would put in. */
function filledIn({ expr }: Query): string {
  return expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m');
}

describe('a Prometheus that scrapes the demo gateway under traffic', () => {
  let upstream: HttpUpstream;
  let gateway: Gateway;
  let prometheus: Prometheus;
  let traffic: NodeJS.Timeout;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-observability-'));

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      response.statusCode = request.url?.includes('fail') === true ? 500 : 200;
      response.end('{}');
    });
    const port = String(upstream.port);
    const loaded = load({
      API_GATEWAY_PORT: '0',
      DEMO_USERS_PORT: port,
      DEMO_AUTH_PORT: port,
      DEMO_TENANTS_PORT: port,
      DEMO_NOTIFICATIONS_PORT: port,
    });
    gateway = await Gateway.create({ loaded, logger: false });
    const url = await gateway.listen();
    const { jwt } = loaded.config.auth;
    if (jwt === null || typeof jwt.secret !== 'string') throw new Error('the demo has no secret to sign with');
    const permissions = ['users:write', 'tenants:read'];
    const claims = claimsOf('u-1', { iss: jwt.issuer, aud: jwt.audience, permissions });
    const headers = bearer(hmacToken(claims, undefined, jwt.secret));
    const ask = (): void => {
      for (const path of ['users/1', 'users/fail', 'auth/1', 'tenants/1', 'notifications/1']) {
        void call(`${url}/api/v1/${path}`, { headers }).catch(() => undefined);
      }
      void call(`${url}/api/v1/users/1`, { method: 'PUT', headers, body: '{}' }).catch(() => undefined);
      // Refused for the lack of a token, and because nothing is there.
      void call(`${url}/api/v1/tenants/1`).catch(() => undefined);
      void call(`${url}/nowhere`).catch(() => undefined);
    };
    ask();
    traffic = setInterval(ask, TRAFFIC_MS);
    const options = { target: new URL(url).host.replace('[::]', 'localhost'), runbooks: 'docs/TROUBLESHOOTING.md' };
    const files = observabilityFiles(loaded.config, options).map(({ path, text }) => ({
      path,
      text: path.endsWith('prometheus.yml') ? text.replaceAll('15s', SCRAPE) : text,
    }));
    writeFiles(folder, files);
    prometheus = await Prometheus.start(join(folder, 'prometheus/prometheus.yml'));
  });

  afterAll(async () => {
    clearInterval(traffic);
    await prometheus?.dispose();
    await gateway?.close(200);
    await upstream?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Waits for a result, where nothing says why there may be none. An error is one at once. */
  async function expectResult(query: Query): Promise<void> {
    const expr = filledIn(query);
    const giveUpAt = performance.now() + RESULT_MS_MAX;
    for (;;) {
      const series = await prometheus.query(expr);
      if (series.length > 0 || query.emptyWhile !== undefined) return;
      if (performance.now() > giveUpAt) throw new Error(`there is no result for ${expr}`);
      await pass(100);
    }
  }

  it.each(rules)('has a result for the rule %s', async (_, query) => {
    await expectResult(query);
  });

  it.each(dashboards)('has a result for the panel %s', async (_, query) => {
    await expectResult(query);
  });

  it.each(conditions)('has a value to compare for the alert %s', async (_, query) => {
    await expectResult(query);
  });

  it('evaluates every rule without an error', async () => {
    const states = await prometheus.rules();
    expect(states.length).toBeGreaterThan(rules.length);
    expect(states.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('knows a trace behind the durations of a route', async () => {
    const exemplars = await prometheus.exemplars('api_gateway_request_duration_seconds_bucket{route="users"}');
    expect(exemplars.length).toBeGreaterThan(0);
    expect(exemplars[0].labels.trace_id).toMatch(/^[0-9a-f]{32}$/);
  });
});
