import { INSTANCE, RATE, type Dashboard } from './dashboard.js';
import { errorShare, gauge, latency, requestsByStatus } from './panels.js';

export function overviewDashboard(): Dashboard {
  const requests = `rate(api_gateway_requests_total{${INSTANCE}}${RATE})`;
  return {
    uid: 'sluice-overview',
    title: 'Sluice: overview',
    rows: [
      {
        title: 'Traffic',
        panels: [
          requestsByStatus('Requests by status'),
          errorShare('Share of 5xx'),
          latency('Duration'),
          gauge('Requests under way', 'short', `sum(api_gateway_active_requests{${INSTANCE}})`, 'active'),
        ],
      },
      {
        title: 'Which route, which upstream',
        panels: [
          gauge('Busiest routes', 'reqps', `topk(10, sum by (route) (${requests}))`, '{{route}}'),
          gauge(
            'Slowest routes (p95)',
            's',
            `topk(10, histogram_quantile(0.95, sum by (route, le) (rate(api_gateway_request_duration_seconds_bucket{${INSTANCE}}${RATE}))))`,
            '{{route}}',
          ),
          gauge(
            'Most failing routes',
            'reqps',
            `topk(10, sum by (route) (rate(api_gateway_requests_total{${INSTANCE},status=~"5.."}${RATE})))`,
            '{{route}}',
            'nothing has ever failed with 5xx',
          ),
          gauge(
            'Slowest upstreams (p95)',
            's',
            `topk(10, histogram_quantile(0.95, sum by (upstream, le) (rate(api_gateway_upstream_duration_seconds_bucket{${INSTANCE}}${RATE}))))`,
            '{{upstream}}',
          ),
        ],
      },
      {
        title: 'Gateways',
        panels: [
          gauge(
            'Event loop utilisation',
            'percentunit',
            `instance:nodejs_eventloop:utilisation5m{${INSTANCE}}`,
            '{{instance}}',
          ),
          gauge(
            'Resident memory',
            'bytes',
            `instance:api_gateway_resident_memory_bytes:max{${INSTANCE}}`,
            '{{instance}}',
          ),
          gauge(
            'Configuration revisions',
            'short',
            `count by (revision) (api_gateway_config_info{${INSTANCE}})`,
            '{{revision}}',
          ),
          gauge(
            'Refused credentials',
            'reqps',
            `sum by (reason) (rate(api_gateway_auth_failures_total{${INSTANCE}}${RATE}))`,
            '{{reason}}',
            'no credentials have been refused',
          ),
        ],
      },
    ],
  };
}
