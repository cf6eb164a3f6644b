import { Slots, type MetricSource } from '@app/observability';

const REASONS_MAX = 32;

/** Counts requests that were refused for their credentials, their rights or their address. */
export class AccessMetrics {
  private readonly reasons = new Slots(REASONS_MAX);
  private readonly counts = new Float64Array(REASONS_MAX);

  refused(reason: string): void {
    this.counts[this.reasons.of(reason)]++;
  }

  sources(): MetricSource[] {
    return [
      {
        name: 'api_gateway_auth_failures_total',
        help: 'Requests refused for their credentials, what they allow, or their address, by reason.',
        type: 'counter',
        samples: () => this.samples(),
      },
    ];
  }

  private *samples(): ReturnType<MetricSource['samples']> & Generator {
    for (let slot = 0; slot < this.counts.length; slot++) {
      if (this.counts[slot] > 0) yield { labels: { reason: this.reasons.name(slot) }, value: this.counts[slot] };
    }
  }
}
