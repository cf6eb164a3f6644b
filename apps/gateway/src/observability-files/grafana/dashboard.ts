import type { Query } from '../promql.js';

/** Units as Grafana calls them. */
export type Unit = 'reqps' | 's' | 'percentunit' | 'short' | 'bytes' | 'ops';

export interface PanelQuery extends Query {
  /** Name of each line, `{{label}}` for its labels. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly queries: readonly PanelQuery[];
  /** Value that must not be crossed, drawn as a line. */
  readonly limit?: number;
  readonly help?: string;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Closed until somebody opens it, and asks Prometheus for nothing until then. */
  readonly collapsed?: boolean;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Matches the instances that the reader of a dashboard has chosen. */
export const INSTANCE = 'instance=~"$instance"';
/** Window of rates, which Grafana fits to the zoom. */
export const RATE = '[$__rate_interval]';
