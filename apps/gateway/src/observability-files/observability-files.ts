import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import { formatJson } from '../config/generate/json-text.js';
import type { TextFile } from '../config/generate/write-files.js';
import { cacheDashboard } from './grafana/cache.dashboard.js';
import type { Dashboard } from './grafana/dashboard.js';
import { limitsDashboard } from './grafana/limits.dashboard.js';
import { overviewDashboard } from './grafana/overview.dashboard.js';
import { dashboardProviders, dataSources } from './grafana/provisioning.js';
import { renderDashboard } from './grafana/render-dashboard.js';
import { routesDashboard } from './grafana/routes.dashboard.js';
import { runtimeDashboard } from './grafana/runtime.dashboard.js';
import { upstreamsDashboard } from './grafana/upstreams.dashboard.js';
import { burnRateAlerts } from './prometheus/burn-rate-alerts.js';
import { healthAlerts } from './prometheus/health-alerts.js';
import { prometheusConfig } from './prometheus/prometheus-config.js';
import { recordingRules } from './prometheus/recording-rules.js';
import { regressionAlerts } from './prometheus/regression-alerts.js';
import { ruleFile } from './prometheus/rule-files.js';
import type { RuleGroup } from './prometheus/rule.js';
import { hasCaches, hasLimits } from './used-policies.js';

/** Name under which Prometheus scrapes the gateways. */
const JOB = 'sluice';
/** Where Grafana's container finds the dashboards, and Prometheus. */
const DASHBOARD_FOLDER = '/var/lib/grafana/dashboards';
const PROMETHEUS_URL = 'http://prometheus:9090';

export interface ObservabilityOptions {
  /** Host and port at which Prometheus reaches the control plane. */
  readonly target: string;
  /** Address of the page with the runbooks. */
  readonly runbooks: string;
}

export const RUNBOOKS_DEFAULT = 'docs/TROUBLESHOOTING.md';

export function dashboardsOf(config: GatewayConfig): Dashboard[] {
  return [
    overviewDashboard(),
    routesDashboard(config),
    upstreamsDashboard(config),
    ...(hasLimits(config) ? [limitsDashboard()] : []),
    ...(hasCaches(config) ? [cacheDashboard()] : []),
    runtimeDashboard(),
  ];
}

export function alertsOf(config: GatewayConfig): RuleGroup[] {
  return [...burnRateAlerts(config), ...regressionAlerts(), ...healthAlerts(config, JOB)];
}

/** The control plane as it is reached on the gateway's own machine. */
export function localTarget({ server, management }: GatewayConfig): string {
  return `localhost:${management.port ?? server.port}`;
}

/** What watches a gateway with this configuration: rules and alerts for Prometheus, dashboards for Grafana. */
export function observabilityFiles(config: GatewayConfig, options: ObservabilityOptions): TextFile[] {
  const { target, runbooks } = options;
  return [
    { path: 'prometheus/prometheus.yml', text: prometheusConfig(JOB, target) },
    { path: 'prometheus/rules/sluice-recording.yml', text: ruleFile(recordingRules(config), runbooks) },
    { path: 'prometheus/rules/sluice-alerts.yml', text: ruleFile(alertsOf(config), runbooks) },
    { path: 'grafana/provisioning/datasources/prometheus.yml', text: dataSources(PROMETHEUS_URL) },
    { path: 'grafana/provisioning/dashboards/sluice.yml', text: dashboardProviders(DASHBOARD_FOLDER) },
    ...dashboardsOf(config).map((dashboard) => ({
      path: `grafana/dashboards/${dashboard.uid}.json`,
      text: formatJson(renderDashboard(dashboard)),
    })),
  ];
}
