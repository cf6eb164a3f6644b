import { INSTANCE, RATE, type Dashboard } from './dashboard.js';
import { gauge } from './panels.js';

/** For a gateway that has limits. */
export function limitsDashboard(): Dashboard {
  const rate = (metric: string, by = 'route'): string => `sum by (${by}) (rate(${metric}{${INSTANCE}}${RATE}))`;
  const allowed = rate('api_gateway_rate_limiter_allowed_total');
  const rejected = rate('api_gateway_rate_limiter_rejected_total');
  return {
    uid: 'sluice-limits',
    title: 'Sluice: limits',
    rows: [
      {
        title: 'Rate limits',
        panels: [
          gauge('Let through', 'reqps', allowed, '{{route}}'),
          gauge('Refused', 'reqps', rejected, '{{route}}'),
          gauge('Share refused', 'percentunit', `${rejected} / (${rejected} + ${allowed})`, '{{route}}'),
          gauge('Keys held in memory', 'short', `sum(api_gateway_rate_limiter_active{${INSTANCE}})`, 'keys'),
        ],
      },
      {
        title: 'Shadow, Redis, and other refusals',
        panels: [
          gauge(
            'What shadow policies would refuse',
            'reqps',
            rate('api_gateway_rate_limiter_shadow_rejected_total'),
            '{{route}}',
          ),
          gauge(
            'Decisions that Redis did not give, by what was done instead',
            'reqps',
            rate('api_gateway_rate_limiter_undecided_total', 'outcome'),
            '{{outcome}}',
          ),
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
