import { INSTANCE, RATE, type Dashboard } from './dashboard.js';
import { gauge } from './panels.js';

const NO_CACHE = 'no route has a cache';
const NO_HIT = 'no request was answered from a cache';

export function cacheDashboard(): Dashboard {
  const requests = (matcher = ''): string => `rate(api_gateway_cache_requests_total{${INSTANCE}${matcher}}${RATE})`;
  return {
    uid: 'sluice-cache',
    title: 'Sluice: cache',
    rows: [
      {
        title: 'Cache',
        panels: [
          gauge('Look-ups by result', 'reqps', `sum by (result) (${requests()})`, '{{result}}', NO_CACHE),
          gauge(
            'Share of hits',
            'percentunit',
            `sum by (route) (${requests(',result="hit"')}) / sum by (route) (${requests()})`,
            '{{route}}',
            NO_HIT,
          ),
        ],
      },
    ],
  };
}
