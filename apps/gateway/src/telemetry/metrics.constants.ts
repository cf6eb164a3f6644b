export type { MetricSource } from '@app/observability';

/** Token of what metrics are written from: the list of all sources, complete once the application is there. */
export const METRIC_SOURCES = Symbol('sluice.metric-sources');
