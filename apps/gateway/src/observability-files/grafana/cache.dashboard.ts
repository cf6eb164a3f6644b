import { INSTANCE, RATE, type Dashboard } from './dashboard.js';
import { gauge } from './panels.js';

/** For a gateway that caches. */
export function cacheDashboard(): Dashboard {
  const requests = (matcher = ''): string => `rate(api_gateway_cache_requests_total{${INSTANCE}${matcher}}${RATE})`;
  const all = `sum by (route) (${requests()})`;
  // A route without a hit has no series of hits, and yet a share: 0.
  const hits = `(sum by (route) (${requests(',result="hit"')}) or 0 * ${all})`;
  return {
    uid: 'sluice-cache',
    title: 'Sluice: cache',
    rows: [
      {
        title: 'Cache',
        panels: [
          gauge('Look-ups by result', 'reqps', `sum by (result) (${requests()})`, '{{result}}'),
          gauge('Share of hits', 'percentunit', `${hits} / ${all}`, '{{route}}'),
          gauge('Memory', 'bytes', `sum by (instance) (api_gateway_cache_bytes{${INSTANCE}})`, '{{instance}}'),
          gauge('Keys', 'short', `sum by (instance) (api_gateway_cache_entries{${INSTANCE}})`, '{{instance}}'),
        ],
      },
    ],
  };
}
