import type { Dashboard, Panel, PanelQuery, Row } from './dashboard.js';

const COLUMNS = 24;
const PANEL_HEIGHT = 8;
const SOURCE = { type: 'prometheus', uid: '${datasource}' };
/** The newest that the panels need nothing newer than; Grafana migrates older ones as it reads them. */
const SCHEMA_VERSION = 39;

/** A dashboard in Grafana's own form, to be provisioned from a file. */
export function renderDashboard({ uid, title, rows }: Dashboard): object {
  const panels: object[] = [];
  let id = 1;
  let y = 0;
  for (const row of rows) {
    const height = heightOf(row);
    const inner = row.panels.map((panel, at) => renderPanel(panel, id + 1 + at, placeOf(row, at, y + 1)));
    const collapsed = row.collapsed === true;
    panels.push({
      id,
      type: 'row',
      title: row.title,
      collapsed,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: collapsed ? inner : [],
    });
    if (!collapsed) panels.push(...inner);
    id += 1 + row.panels.length;
    y += 1 + (collapsed ? 0 : height);
  }
  return {
    uid,
    title,
    tags: ['sluice'],
    timezone: 'browser',
    schemaVersion: SCHEMA_VERSION,
    refresh: '15s',
    time: { from: 'now-1h', to: 'now' },
    graphTooltip: 1,
    links: [{ type: 'dashboards', title: 'Sluice', tags: ['sluice'], asDropdown: true, keepTime: true }],
    templating: { list: [sourceVariable, instanceVariable] },
    panels,
  };
}

const sourceVariable = { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' };

const instanceVariable = {
  name: 'instance',
  label: 'Gateway',
  type: 'query',
  datasource: SOURCE,
  query: { query: 'label_values(api_gateway_active_requests, instance)', refId: 'instances' },
  refresh: 2,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
};

function panelsAcross({ panels }: Row): number {
  return Math.min(panels.length, 4);
}

function heightOf(row: Row): number {
  return Math.ceil(row.panels.length / Math.max(1, panelsAcross(row))) * PANEL_HEIGHT;
}

function placeOf(row: Row, at: number, y: number): object {
  const across = panelsAcross(row);
  const w = Math.floor(COLUMNS / across);
  return { x: (at % across) * w, y: y + Math.floor(at / across) * PANEL_HEIGHT, w, h: PANEL_HEIGHT };
}

function renderPanel({ title, unit, queries, limit, help }: Panel, id: number, gridPos: object): object {
  const thresholds =
    limit === undefined
      ? { mode: 'absolute', steps: [{ color: 'green', value: null }] }
      : {
          mode: 'absolute',
          steps: [
            { color: 'green', value: null },
            { color: 'red', value: limit },
          ],
        };
  return {
    id,
    type: 'timeseries',
    title,
    description: describe(queries, help),
    datasource: SOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds,
        custom: {
          lineWidth: 1,
          fillOpacity: 5,
          showPoints: 'never',
          thresholdsStyle: { mode: limit === undefined ? 'off' : 'line' },
        },
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      // Points of a histogram lead to the traces that they come from.
      exemplar: expr.includes('_bucket'),
    })),
  };
}

function describe(queries: readonly PanelQuery[], help = ''): string {
  const reasons = new Set(queries.flatMap(({ emptyWhile }) => (emptyWhile === undefined ? [] : [emptyWhile])));
  return [help, ...[...reasons].map((reason) => `Empty while ${reason}.`)].filter((text) => text !== '').join(' ');
}
