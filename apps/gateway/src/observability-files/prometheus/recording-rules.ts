import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import { bucketAt, groupsBy } from '../budget-groups.js';
import { oneOf, WINDOWS } from '../promql.js';
import type { RecordingRule, RuleGroup } from './rule.js';

/** Names are `level:metric:operation`, as the Prometheus manual wants them. */
export function recordingRules(config: GatewayConfig): RuleGroup[] {
  const groups = [
    { name: 'sluice-routes', rules: [...rates(), ...quantiles()] },
    { name: 'sluice-error-ratios', rules: errorRatios() },
    { name: 'sluice-slow-ratios', rules: slowRatios(config) },
    { name: 'sluice-instances', rules: instances() },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

function rates(): RecordingRule[] {
  return [
    { record: 'route:api_gateway_requests:rate5m', expr: 'sum by (route) (rate(api_gateway_requests_total[5m]))' },
    {
      record: 'upstream:api_gateway_upstream_requests:rate5m',
      expr: 'sum by (upstream) (rate(api_gateway_upstream_requests_total[5m]))',
    },
  ];
}

function quantiles(): RecordingRule[] {
  const of = (level: string, metric: string, percent: number): RecordingRule => ({
    record: `${level}:${metric}:p${percent}_5m`,
    expr: `histogram_quantile(${percent / 100}, sum by (${level}, le) (rate(${metric}_bucket[5m])))`,
  });
  return [50, 95, 99].flatMap((percent) => [
    of('route', 'api_gateway_request_duration_seconds', percent),
    of('upstream', 'api_gateway_upstream_duration_seconds', percent),
  ]);
}

function errorRatios(): RecordingRule[] {
  return WINDOWS.map((window) => {
    const all = `sum by (route) (rate(api_gateway_requests_total[${window}]))`;
    const failed = `sum by (route) (rate(api_gateway_requests_total{status=~"5.."}[${window}]))`;
    // A route that has never failed has no series of failures, and yet a ratio: 0.
    return { record: `route:api_gateway_errors:ratio_rate${window}`, expr: `(${failed} or 0 * ${all}) / ${all}` };
  });
}

function slowRatios(config: GatewayConfig): RecordingRule[] {
  const metric = 'api_gateway_request_duration_seconds';
  return groupsBy(config, 'p95Ms').flatMap(({ value, routes }) =>
    WINDOWS.map((window) => {
      const matcher = oneOf('route', routes);
      const kept = `sum by (route) (rate(${metric}_bucket{${matcher},le="${bucketAt(value)}"}[${window}]))`;
      const all = `sum by (route) (rate(${metric}_count{${matcher}}[${window}]))`;
      return { record: `route:api_gateway_slow:ratio_rate${window}`, expr: `1 - ${kept} / ${all}` };
    }),
  );
}

function instances(): RecordingRule[] {
  const time = 'sum by (job, instance, worker) (rate(nodejs_eventloop_time_seconds_total';
  return [
    {
      record: 'instance:nodejs_eventloop:utilisation5m',
      // Of the busiest worker: each has a loop of its own, and an idle one helps no request of another.
      expr: `max by (job, instance) (${time}{state="active"}[5m])) / ${time}[5m])))`,
    },
    {
      // Other programs have memory under this name, too, Prometheus among them.
      record: 'instance:api_gateway_resident_memory_bytes:max',
      expr: 'max by (job, instance) (process_resident_memory_bytes and on (job, instance) api_gateway_active_requests)',
    },
  ];
}
