import type { Combination, Sample } from './metric-source.js';

/** What one worker has of a metric. */
export interface PartOfMetric {
  readonly worker: number;
  readonly samples: readonly Sample[];
}

/**
 * Makes the samples of a process of those of its workers. Series are told apart by name, labels and bucket; an exemplar
 * is the newest.
 *
 * @param parts at least one, the worker that writes them first
 */
export function combineSamples(combination: Combination, parts: readonly PartOfMetric[]): readonly Sample[] {
  if (combination === 'whole') return parts[0].samples;
  if (combination === 'apart') {
    return parts.flatMap(({ worker, samples }) =>
      samples.map((sample) => ({ ...sample, labels: { ...sample.labels, worker } })),
    );
  }
  const series = new Map<string, Sample>();
  for (const { samples } of parts) {
    for (const sample of samples) {
      const key = keyOf(sample);
      const known = series.get(key);
      series.set(key, known === undefined ? sample : joined(combination, known, sample));
    }
  }
  return [...series.values()];
}

function joined(combination: 'sum' | 'max', a: Sample, b: Sample): Sample {
  const value = combination === 'sum' ? a.value + b.value : Math.max(a.value, b.value);
  const newer = (b.exemplar?.timestampS ?? 0) > (a.exemplar?.timestampS ?? 0);
  return { ...a, value, exemplar: newer ? b.exemplar : a.exemplar };
}

function keyOf({ metricName = '', labels, le = '' }: Sample): string {
  const named = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metricName, le, named]);
}
