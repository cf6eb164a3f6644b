import type { MetricSource } from '@app/observability';
import type { UpstreamLoad, UpstreamStanding } from '../pipeline/upstream-load.js';

/** Connections and health of the upstreams, read when somebody scrapes. */
export function standingSources(load: UpstreamLoad): MetricSource[] {
  const gauge = (name: string, help: string, value: (standing: UpstreamStanding) => number): MetricSource => ({
    name,
    help,
    type: 'gauge',
    samples: () => load.read().map((standing) => ({ labels: { upstream: standing.upstream }, value: value(standing) })),
  });
  return [
    gauge(
      'api_gateway_upstream_connections_open',
      'Connections to an upstream, being opened included.',
      ({ connectionsOpen }) => connectionsOpen,
    ),
    gauge(
      'api_gateway_upstream_connections_idle',
      'Connections to an upstream that wait for a request.',
      ({ connectionsIdle }) => connectionsIdle,
    ),
    gauge(
      'api_gateway_upstream_requests_waiting',
      'Requests that wait for a connection to an upstream.',
      ({ requestsWaiting }) => requestsWaiting,
    ),
    {
      name: 'api_gateway_upstream_targets',
      help: 'Targets of an upstream, by what is thought of their health; healthy while they are not checked.',
      type: 'gauge',
      combine: 'whole',
      samples: () =>
        load.read().flatMap(({ upstream, targetsHealthy, targetsUnhealthy }) => [
          { labels: { upstream, state: 'healthy' }, value: targetsHealthy },
          { labels: { upstream, state: 'unhealthy' }, value: targetsUnhealthy },
        ]),
    },
  ];
}
