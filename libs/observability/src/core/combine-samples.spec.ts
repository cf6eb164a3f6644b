import { describe, expect, it } from '@jest/globals';
import { combineSamples } from './combine-samples.js';
import type { Sample } from './metric-source.js';

const of = (labels: Sample['labels'], value: number, more: Partial<Sample> = {}): Sample => ({
  labels,
  value,
  ...more,
});

describe('what several workers have of a metric', () => {
  it('is added up by series, whatever the order of labels', () => {
    const combined = combineSamples('sum', [
      { worker: 0, samples: [of({ a: 1, b: 2 }, 1), of({ a: 2 }, 10)] },
      { worker: 1, samples: [of({ b: 2, a: 1 }, 2), of({ a: 3 }, 100)] },
    ]);
    expect(combined).toEqual([of({ a: 1, b: 2 }, 3), of({ a: 2 }, 10), of({ a: 3 }, 100)]);
  });

  it('is added up by bucket, with the newest exemplar', () => {
    const exemplar = (traceId: string, timestampS: number) => ({ traceId, value: 1, timestampS });
    const bucket = (le: string, value: number, seen?: ReturnType<typeof exemplar>): Sample =>
      of({ route: 'r' }, value, { metricName: 'took_bucket', le, exemplar: seen });
    const combined = combineSamples('sum', [
      { worker: 1, samples: [bucket('0.5', 1, exemplar('old', 1)), bucket('+Inf', 2, exemplar('kept', 9))] },
      { worker: 0, samples: [bucket('0.5', 3, exemplar('new', 2)), bucket('+Inf', 4)] },
    ]);
    expect(combined).toEqual([bucket('0.5', 4, exemplar('new', 2)), bucket('+Inf', 6, exemplar('kept', 9))]);
  });

  it('is the largest where that is what counts', () => {
    const parts = [3, 1].map((value, worker) => ({ worker, samples: [of({}, value)] }));
    expect(combineSamples('max', parts)).toEqual([of({}, 3)]);
  });

  it('stands apart, with the worker as a label', () => {
    const parts = [3, 1].map((value, worker) => ({ worker, samples: [of({ kind: 'k' }, value)] }));
    expect(combineSamples('apart', parts)).toEqual([of({ kind: 'k', worker: 0 }, 3), of({ kind: 'k', worker: 1 }, 1)]);
  });

  it('is what the first says where each knows all', () => {
    const parts = [3, 1].map((value, worker) => ({ worker, samples: [of({}, value)] }));
    expect(combineSamples('whole', parts)).toEqual([of({}, 3)]);
  });
});
