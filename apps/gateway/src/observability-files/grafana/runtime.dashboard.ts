import { INSTANCE, RATE, type Dashboard, type Panel } from './dashboard.js';
import { gauge } from './panels.js';

export function runtimeDashboard(): Dashboard {
  const own = (metric: string): string => `${metric}{${INSTANCE}} and on (job, instance) api_gateway_active_requests`;
  const plain = (title: string, unit: Panel['unit'], metric: string, legend = '{{instance}}'): Panel =>
    gauge(title, unit, own(metric), legend);
  return {
    uid: 'sluice-runtime',
    title: 'Sluice: Node runtime',
    rows: [
      {
        title: 'Processor and event loop',
        panels: [
          gauge(
            'Processor time, of one core',
            'percentunit',
            `rate(process_cpu_seconds_total{${INSTANCE}}${RATE}) and on (job, instance) api_gateway_active_requests`,
            '{{instance}}',
          ),
          gauge(
            'Event loop utilisation',
            'percentunit',
            `instance:nodejs_eventloop:utilisation5m{${INSTANCE}}`,
            '{{instance}}',
          ),
          {
            title: 'Event loop delay',
            unit: 's',
            help: 'Measured in steps of 10 ms, which are part of it.',
            queries: ['p50', 'p99', 'max'].map((name) => ({
              expr: own(`nodejs_eventloop_lag_${name}_seconds`),
              legend: `{{instance}} ${name}`,
            })),
          },
        ],
      },
      {
        title: 'Memory',
        panels: [
          plain('Resident memory', 'bytes', 'process_resident_memory_bytes'),
          {
            title: 'Heap',
            unit: 'bytes',
            queries: [
              { expr: own('nodejs_heap_size_used_bytes'), legend: '{{instance}} used' },
              { expr: own('nodejs_heap_size_total_bytes'), legend: '{{instance}} taken' },
            ],
          },
          plain('Memory outside of the heap', 'bytes', 'nodejs_external_memory_bytes'),
          gauge(
            'Garbage collection, share of time',
            'percentunit',
            `sum by (instance, kind) (rate(nodejs_gc_duration_seconds_sum{${INSTANCE}}${RATE}))`,
            '{{instance}} {{kind}}',
          ),
        ],
      },
      {
        title: 'Handles',
        panels: [
          gauge(
            'Active handles, requests and timers',
            'short',
            `sum by (instance, type) (nodejs_active_resources{${INSTANCE}})`,
            '{{instance}} {{type}}',
          ),
          {
            title: 'Open files',
            unit: 'short',
            queries: [
              { expr: own('process_open_fds'), legend: '{{instance}} open' },
              { expr: own('process_max_fds'), legend: '{{instance}} limit' },
            ],
          },
        ],
      },
    ],
  };
}
