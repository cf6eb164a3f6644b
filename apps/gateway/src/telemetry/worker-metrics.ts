import type { MetricSource } from '@app/observability';
import type { SharedMemory } from '../workers/shared-memory.js';
import { WorkerStandings } from '../workers/worker-standings.js';

/** How many workers serve, and how often each was replaced. */
export function workerSources(memory: SharedMemory | null): MetricSource[] {
  const standings = memory === null ? null : WorkerStandings.in(memory);
  const indexes = Array.from({ length: standings?.workers ?? 0 }, (_, worker) => worker);
  return [
    {
      name: 'api_gateway_workers',
      help: 'Workers that serve requests.',
      type: 'gauge',
      combine: 'whole',
      samples: () => [{ labels: {}, value: standings?.serving ?? 1 }],
    },
    {
      name: 'api_gateway_worker_restarts_total',
      help: 'Workers that were replaced because they had ended, by index.',
      type: 'counter',
      combine: 'whole',
      samples: () => indexes.map((worker) => ({ labels: { worker }, value: standings?.restarts(worker) ?? 0 })),
    },
  ];
}
