import { NumberRows, Slots, type MetricSource, type WorkerMemory } from '@app/observability';

const REASONS_MAX = 32;

/** Counts requests that were refused for their credentials, their rights or their address. */
export class AccessMetrics {
  private readonly reasons: Slots;
  private readonly counts: NumberRows;

  constructor(memory: WorkerMemory | null) {
    const shared = memory && { memory, name: 'access', rowsMax: 1 };
    this.reasons = new Slots(REASONS_MAX, [], shared);
    this.counts = new NumberRows(REASONS_MAX, shared);
  }

  refused(reason: string): void {
    this.counts.row(0)[this.reasons.of(reason)]++;
  }

  sources(): MetricSource[] {
    return [
      {
        name: 'api_gateway_auth_failures_total',
        help: 'Requests refused for their credentials, what they allow, or their address, by reason.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.samples(),
      },
    ];
  }

  private *samples(): ReturnType<MetricSource['samples']> & Generator {
    for (const [, counts] of this.counts.entries()) {
      for (let slot = 0; slot < counts.length; slot++) {
        if (counts[slot] > 0) yield { labels: { reason: this.reasons.name(slot) }, value: counts[slot] };
      }
    }
  }
}
