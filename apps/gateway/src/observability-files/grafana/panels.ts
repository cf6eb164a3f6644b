import { INSTANCE, RATE, type Panel, type PanelQuery } from './dashboard.js';

const DURATION = 'api_gateway_request_duration_seconds';

/** Requests with these matchers besides: `,route="users"`. */
export function requestsByStatus(title: string, matcher = ''): Panel {
  const expr = `sum by (status) (rate(api_gateway_requests_total{${INSTANCE}${matcher}}${RATE}))`;
  return { title, unit: 'reqps', queries: [{ expr, legend: '{{status}}' }] };
}

export function errorShare(title: string, matcher = '', limit?: number): Panel {
  const all = `sum(rate(api_gateway_requests_total{${INSTANCE}${matcher}}${RATE}))`;
  const failed = `sum(rate(api_gateway_requests_total{${INSTANCE}${matcher},status=~"5.."}${RATE}))`;
  return {
    title,
    unit: 'percentunit',
    queries: [{ expr: `(${failed} or 0 * ${all}) / ${all}`, legend: '5xx' }],
    ...(limit === undefined ? {} : { limit }),
  };
}

export function latency(title: string, matcher = '', limit?: number): Panel {
  return {
    title,
    unit: 's',
    queries: quantiles(`${DURATION}_bucket{${INSTANCE}${matcher}}`, 'p{{percent}}', [50, 95, 99]),
    ...(limit === undefined ? {} : { limit }),
  };
}

/**
 * One query for each percentile of a histogram.
 * @param legend with `{{percent}}` in it; @param by labels that tell lines apart
 */
export function quantiles(
  buckets: string,
  legend: string,
  percents: readonly number[],
  by: readonly string[] = [],
  emptyWhile?: string,
): PanelQuery[] {
  return percents.map((percent) => ({
    expr: `histogram_quantile(${percent / 100}, sum by (${[...by, 'le'].join(', ')}) (rate(${buckets}${RATE})))`,
    legend: legend.replace('{{percent}}', String(percent)),
    ...(emptyWhile === undefined ? {} : { emptyWhile }),
  }));
}

export function gauge(title: string, unit: Panel['unit'], expr: string, legend: string, emptyWhile?: string): Panel {
  return { title, unit, queries: [{ expr, legend, ...(emptyWhile === undefined ? {} : { emptyWhile }) }] };
}
