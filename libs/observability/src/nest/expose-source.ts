import type { MetricObjectWithValues, MetricType, MetricValue, Registry } from 'prom-client';
import type { MetricSource } from '../core/metric-source.js';

/** What prom-client asks of a metric: a name, and its values at the moment of a scrape. */
class ExposedSource {
  readonly name: string;
  readonly aggregator = 'sum';

  constructor(private readonly source: MetricSource) {
    this.name = source.name;
  }

  get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const { name, help, type } = this.source;
    return Promise.resolve({
      name,
      help,
      type: type as unknown as MetricType,
      aggregator: this.aggregator,
      collect: () => undefined,
      values: [...this.source.samples()] as MetricValue<string>[],
    });
  }

  reset(): void {
    // Totals belong to the source.
  }
}

/** Adds a source to a prom-client registry; it is read at each scrape. */
export function exposeSource(registry: Registry, source: MetricSource): void {
  registry.registerMetric(new ExposedSource(source) as unknown as Parameters<Registry['registerMetric']>[0]);
}
