import type { AlertRule, RuleGroup } from './rule.js';

const NO_YESTERDAY = 'Prometheus has not watched for a day';

/** The figures that a release must not make worse: p95 by 50 ms, memory by 20 %, 5xx above 1 %. */
export function regressionAlerts(): RuleGroup[] {
  return [{ name: 'sluice-regressions', rules: [p95Rose(), errorsAboveOnePercent(), memoryRose()] }];
}

function p95Rose(): AlertRule {
  const p95 = 'route:api_gateway_request_duration_seconds:p95_5m';
  return {
    alert: 'RouteP95Rose',
    conditions: [
      {
        expr: `${p95} - avg_over_time(${p95}[1h] offset 1d)`,
        is: '>',
        than: '0.05',
        emptyWhile: NO_YESTERDAY,
      },
    ],
    for: '10m',
    severity: 'ticket',
    summary: 'Route {{ $labels.route }} is slower than yesterday',
    description:
      'Its p95 is {{ $value | humanizeDuration }} above that of the same hour of yesterday; 50 ms is the limit.',
    runbook: 'high-latency',
  };
}

function errorsAboveOnePercent(): AlertRule {
  return {
    alert: 'RouteErrorsAboveOnePercent',
    conditions: [{ expr: 'route:api_gateway_errors:ratio_rate5m', is: '>', than: '0.01' }],
    for: '5m',
    severity: 'ticket',
    summary: 'More than 1 % of the requests to route {{ $labels.route }} fail',
    description: '{{ $value | humanizePercentage }} of the requests of the last 5 minutes ended with 500 or above.',
    runbook: 'errors',
  };
}

function memoryRose(): AlertRule {
  const memory = 'instance:api_gateway_resident_memory_bytes:max';
  return {
    alert: 'GatewayMemoryRose',
    conditions: [
      { expr: `${memory} / avg_over_time(${memory}[1h] offset 1d)`, is: '>', than: '1.2', emptyWhile: NO_YESTERDAY },
    ],
    for: '30m',
    severity: 'ticket',
    summary: 'Gateway {{ $labels.instance }} takes more memory than yesterday',
    description: 'It takes {{ $value | humanize }} times what it took in the same hour of yesterday; 1.2 is the limit.',
    runbook: 'memory-growth',
  };
}
