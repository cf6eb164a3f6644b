import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import { hasBreakers } from '../used-policies.js';
import { INSTANCE, RATE, type Dashboard, type Row } from './dashboard.js';
import { gauge, quantiles } from './panels.js';

export function upstreamsDashboard(config: GatewayConfig): Dashboard {
  const sum = (metric: string): string => `sum by (upstream) (${metric}{${INSTANCE}})`;
  return {
    uid: 'sluice-upstreams',
    title: 'Sluice: upstreams and breakers',
    rows: [
      {
        title: 'Exchanges',
        panels: [
          gauge(
            'Exchanges by outcome',
            'reqps',
            `sum by (upstream, outcome) (rate(api_gateway_upstream_requests_total{${INSTANCE}}${RATE}))`,
            '{{upstream}} {{outcome}}',
          ),
          {
            title: 'Time to the response head',
            unit: 's',
            queries: quantiles(
              `api_gateway_upstream_duration_seconds_bucket{${INSTANCE}}`,
              '{{upstream}} p{{percent}}',
              [50, 95],
              ['upstream'],
            ),
          },
          gauge(
            'Retries',
            'reqps',
            `sum by (upstream) (rate(api_gateway_retries_total{${INSTANCE}}${RATE}))`,
            '{{upstream}}',
            'nothing has been tried again',
          ),
        ],
      },
      {
        title: 'Connections and targets',
        panels: [
          {
            title: 'Connections',
            unit: 'short',
            queries: [
              { expr: sum('api_gateway_upstream_connections_open'), legend: '{{upstream}} open' },
              { expr: sum('api_gateway_upstream_connections_idle'), legend: '{{upstream}} idle' },
            ],
          },
          gauge(
            'Requests that wait for a connection',
            'short',
            sum('api_gateway_upstream_requests_waiting'),
            '{{upstream}}',
          ),
          gauge(
            'Targets',
            'short',
            `sum by (upstream, state) (api_gateway_upstream_targets{${INSTANCE}})`,
            '{{upstream}} {{state}}',
          ),
        ],
      },
      ...(hasBreakers(config) ? [breakers] : []),
      protection,
    ],
  };
}

const breakers: Row = {
  title: 'Breakers',
  panels: [
    gauge(
      'State: 0 closed, 1 open, 2 half-open',
      'short',
      `max by (upstream) (api_gateway_circuit_breaker_state{${INSTANCE}})`,
      '{{upstream}}',
    ),
    gauge(
      'Changes of state',
      'ops',
      `sum by (upstream, to) (rate(api_gateway_circuit_breaker_transitions_total{${INSTANCE}}${RATE}))`,
      '{{upstream}} to {{to}}',
    ),
  ],
};

const protection: Row = {
  title: 'Protection',
  panels: [
    gauge(
      'Targets ejected',
      'short',
      `sum by (upstream) (api_gateway_upstream_targets_ejected{${INSTANCE}})`,
      '{{upstream}}',
      'no upstream has passiveHealth',
    ),
    gauge(
      'Refused by bulkheads',
      'reqps',
      `sum by (upstream) (rate(api_gateway_bulkhead_rejected_total{${INSTANCE}}${RATE}))`,
      '{{upstream}}',
      'no upstream has a bulkhead',
    ),
    gauge(
      'Retries without budget',
      'ops',
      `sum by (upstream) (rate(api_gateway_retry_budget_exhausted_total{${INSTANCE}}${RATE}))`,
      '{{upstream}}',
      'no upstream has retries',
    ),
  ],
};
