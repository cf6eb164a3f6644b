import type { Metric, MetricObjectWithValues, MetricType, MetricValue, Registry } from 'prom-client';
import type { MetricFamily } from '../core/exposition.js';
import type { Combination, MetricSource, Sample } from '../core/metric-source.js';

/** What prom-client asks of a metric: a name, and its values at the moment of a scrape. */
class ExposedSource {
  readonly name: string;
  readonly aggregator = 'sum';

  constructor(readonly source: MetricSource) {
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
      values: [...this.source.samples()].map(({ metricName, labels, le, value }) => ({
        metricName,
        labels: le === undefined ? labels : { ...labels, le },
        value,
      })),
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

/** Everything in a registry, as an exposition is written from: sources as they are, and prom-client's own metrics. */
export function familiesOf(registry: Registry): MetricFamily[] {
  return (registry.getMetricsAsArray() as unknown as readonly (Metric | ExposedSource)[]).map((metric) =>
    metric instanceof ExposedSource ? metric.source : familyOf(metric),
  );
}

interface Fields {
  readonly name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  readonly aggregator: string;
}

/** prom-client's metrics of Node tell of the process, or of the thread that they are read in. */
function combinationOf(name: string, aggregator: string): Combination {
  if (name.startsWith('process_') || name === 'nodejs_version_info' || aggregator === 'first') return 'whole';
  if (name.startsWith('nodejs_')) return 'apart';
  return aggregator === 'max' ? 'max' : 'sum';
}

function familyOf(metric: Metric): MetricFamily {
  // All are among a metric's own fields; the types leave some out.
  const { name, help, type, aggregator } = metric as unknown as Fields;
  return {
    name,
    help,
    type,
    combine: combinationOf(name, aggregator),
    async samples() {
      const { values } = await metric.get();
      return (values as readonly Sample[]).map(({ metricName, labels, value }) => ({ metricName, labels, value }));
    },
  };
}
