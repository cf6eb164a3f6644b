import { NO_LIMIT } from '../prometheus/health-alerts.js';
import { INSTANCE, RATE, type Dashboard } from './dashboard.js';
import { gauge } from './panels.js';

export function limitsDashboard(): Dashboard {
  const rate = (metric: string): string => `sum by (route) (rate(${metric}{${INSTANCE}}${RATE}))`;
  const allowed = rate('api_gateway_rate_limiter_allowed_total');
  const rejected = rate('api_gateway_rate_limiter_rejected_total');
  return {
    uid: 'sluice-limits',
    title: 'Sluice: limits',
    rows: [
      {
        title: 'Rate limits',
        panels: [
          gauge('Let through', 'reqps', allowed, '{{route}}', NO_LIMIT),
          gauge('Refused', 'reqps', rejected, '{{route}}', 'no limit has refused anything'),
          gauge(
            'Share refused',
            'percentunit',
            `${rejected} / (${rejected} + ${allowed})`,
            '{{route}}',
            'no limit has refused anything',
          ),
          gauge('Keys held', 'short', `sum(api_gateway_rate_limiter_active{${INSTANCE}})`, 'keys', NO_LIMIT),
        ],
      },
      {
        title: 'Answers of the gateway’s own',
        panels: [
          gauge(
            '429 and 503',
            'reqps',
            `sum by (route, status) (rate(api_gateway_requests_total{${INSTANCE},status=~"429|503"}${RATE}))`,
            '{{route}} {{status}}',
            'nothing has been answered with 429 or 503',
          ),
        ],
      },
    ],
  };
}
