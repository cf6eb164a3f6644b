import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import { hasBreakers, hasLimits } from '../used-policies.js';
import type { AlertRule, RuleGroup } from './rule.js';

const breakerOpen: AlertRule = {
  alert: 'UpstreamBreakerOpen',
  conditions: [{ expr: 'max by (upstream) (api_gateway_circuit_breaker_state)', is: '==', than: '1' }],
  for: '1m',
  severity: 'page',
  summary: 'The breaker of upstream {{ $labels.upstream }} is open',
  description: 'So much of it failed that it is not asked any more; its routes answer 503.',
  runbook: 'errors',
};

const rejected = 'sum by (route) (rate(api_gateway_rate_limiter_rejected_total[5m]))';
const allowed = 'sum by (route) (rate(api_gateway_rate_limiter_allowed_total[5m]))';

const limitRejecting: AlertRule = {
  alert: 'RouteRateLimitRejecting',
  conditions: [{ expr: `${rejected} / (${rejected} + ${allowed})`, is: '>', than: '0.1' }],
  for: '15m',
  severity: 'info',
  summary: 'Route {{ $labels.route }} refuses many requests by its limits',
  description: '{{ $value | humanizePercentage }} of its requests were over a limit.',
  runbook: 'rate-limiting-issues',
};

/** What is wrong now, whatever the budgets say. @param job of Prometheus that scrapes the gateways */
export function healthAlerts(config: GatewayConfig, job: string): RuleGroup[] {
  const gateways: AlertRule[] = [
    {
      alert: 'GatewayDown',
      conditions: [{ expr: `up{job="${job}"}`, is: '==', than: '0' }],
      for: '2m',
      severity: 'page',
      summary: 'Gateway {{ $labels.instance }} cannot be scraped',
      description: 'It does not run, or hides its control plane from Prometheus.',
      runbook: 'no-metrics',
    },
    {
      alert: 'GatewayEventLoopBusy',
      conditions: [{ expr: 'instance:nodejs_eventloop:utilisation5m', is: '>', than: '0.9' }],
      for: '10m',
      severity: 'ticket',
      summary: 'The event loop of gateway {{ $labels.instance }} has hardly a pause',
      description: 'It was active for {{ $value | humanizePercentage }} of the time: requests wait for one another.',
      runbook: 'high-cpu-usage',
    },
    {
      alert: 'GatewayMemoryAbove512MB',
      conditions: [{ expr: 'instance:api_gateway_resident_memory_bytes:max', is: '>', than: '512000000' }],
      for: '30m',
      severity: 'ticket',
      summary: 'Gateway {{ $labels.instance }} takes more than 512 MB',
      description: 'It takes {{ $value | humanize }}B.',
      runbook: 'memory-growth',
    },
  ];
  const upstreams: AlertRule[] = [
    {
      alert: 'UpstreamWithoutHealthyTarget',
      conditions: [{ expr: 'sum by (upstream) (api_gateway_upstream_targets{state="healthy"})', is: '==', than: '0' }],
      for: '1m',
      severity: 'page',
      summary: 'Upstream {{ $labels.upstream }} has no healthy target',
      description: 'Every target fails its health checks. Requests are tried all the same.',
      runbook: 'errors',
    },
    ...(hasBreakers(config) ? [breakerOpen] : []),
  ];
  return [
    { name: 'sluice-gateways', rules: gateways },
    { name: 'sluice-upstreams', rules: upstreams },
    ...(hasLimits(config) ? [{ name: 'sluice-limits', rules: [limitRejecting] }] : []),
  ];
}
