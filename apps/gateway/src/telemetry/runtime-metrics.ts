import type { MetricSource } from '@app/observability';

/**
 * What prom-client's own metrics of Node leave out. Two counters instead of one share: a share would be of the time
 * since whoever scraped last.
 */
export function runtimeSources(): MetricSource[] {
  return [
    {
      name: 'nodejs_eventloop_time_seconds_total',
      help: 'Time the event loop was active and idle, in seconds; active / (active + idle) is its utilisation.',
      type: 'counter',
      combine: 'apart',
      samples: () => {
        const { active, idle } = performance.eventLoopUtilization();
        return [
          { labels: { state: 'active' }, value: active / 1000 },
          { labels: { state: 'idle' }, value: idle / 1000 },
        ];
      },
    },
  ];
}
