import { describe, expect, it } from '@jest/globals';
import { writeExposition, type ExpositionFormat, type MetricFamily, type Pace } from './exposition.js';
import { HistogramRows } from './histogram-rows.js';

async function written(families: MetricFamily[], format: ExpositionFormat = 'text', pace?: Pace): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of writeExposition(families, format, pace)) chunks.push(chunk);
  return chunks;
}

async function lines(families: MetricFamily[], format?: ExpositionFormat): Promise<string[]> {
  return (await written(families, format)).join('').split('\n');
}

const counter: MetricFamily = {
  name: 'cups_total',
  help: 'Cups "drunk".\nAll \\ of them.',
  type: 'counter',
  samples: () => [{ labels: { who: 'a"b\\c\nd', shelf: 2 }, value: 3 }],
};

describe('an exposition', () => {
  it('escapes what would end a label or a line', async () => {
    expect(await lines([counter])).toEqual([
      '# HELP cups_total Cups "drunk".\\nAll \\\\ of them.',
      '# TYPE cups_total counter',
      'cups_total{who="a\\"b\\\\c\\nd",shelf="2"} 3',
      '',
    ]);
  });

  it('names a counter without its ending in OpenMetrics, and says where it ends', async () => {
    expect(await lines([counter], 'openmetrics')).toEqual([
      '# HELP cups Cups \\"drunk\\".\\nAll \\\\ of them.',
      '# TYPE cups counter',
      'cups_total{who="a\\"b\\\\c\\nd",shelf="2"} 3',
      '# EOF',
      '',
    ]);
  });

  it('gives the samples of a counter the ending that they lack in OpenMetrics', async () => {
    const family: MetricFamily = { ...counter, name: 'cups', samples: () => [{ labels: {}, value: 1 }] };
    expect(await lines([family], 'openmetrics')).toContain('cups_total 1');
    expect(await lines([family])).toContain('cups 1');
  });

  it.each([
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
    [1e21, '1e+21'],
    [0, '0'],
  ])('writes the number %d', async (value, text) => {
    const family: MetricFamily = { name: 'n', help: 'n', type: 'gauge', samples: () => [{ labels: {}, value }] };
    expect(await lines([family])).toContain(`n ${text}`);
  });

  it('waits for samples that are not there yet', async () => {
    const family: MetricFamily = { ...counter, samples: () => Promise.resolve([{ labels: {}, value: 7 }]) };
    expect(await lines([family])).toContain('cups_total 7');
  });

  describe('of histograms', () => {
    const bounds = (index: number): number[] => (index === 0 ? [0.5, 1] : [0.3]);
    const rows = new HistogramRows(bounds);
    rows.observe(0, 0.5, `00-${'a'.repeat(32)}-00f067aa0ba902b7-01`, 1_000);
    rows.observe(0, 2);
    rows.observe(1, 0.1);
    const family: MetricFamily = {
      name: 'took',
      help: 'Time.',
      type: 'histogram',
      samples: () => rows.samples('took', (index) => ({ route: `r${index}` })),
    };

    it('adds up the buckets of each row, by bounds of its own', async () => {
      expect((await lines([family])).slice(2)).toEqual([
        'took_bucket{route="r0",le="0.5"} 1',
        'took_bucket{route="r0",le="1.0"} 1',
        'took_bucket{route="r0",le="+Inf"} 2',
        'took_sum{route="r0"} 2.5',
        'took_count{route="r0"} 2',
        'took_bucket{route="r1",le="0.3"} 1',
        'took_bucket{route="r1",le="+Inf"} 1',
        'took_sum{route="r1"} 0.1',
        'took_count{route="r1"} 1',
        '',
      ]);
    });

    it('shows an exemplar behind its bucket in OpenMetrics', async () => {
      const timestamp = Math.round(performance.timeOrigin + 1_000) / 1000;
      expect((await lines([family], 'openmetrics')).slice(2, 4)).toEqual([
        `took_bucket{route="r0",le="0.5"} 1 # {trace_id="${'a'.repeat(32)}"} 0.5 ${timestamp}`,
        'took_bucket{route="r0",le="1.0"} 1',
      ]);
    });
  });

  describe('of many series', () => {
    const SERIES = 10_000;
    const many: MetricFamily = {
      ...counter,
      *samples() {
        for (let at = 0; at < SERIES; at++) yield { labels: { at }, value: at };
      },
    };

    it('leaves the loop alone after 5 ms at a stretch', async () => {
      // A clock by which a look takes 1 ms.
      let nowMs = 0;
      let restedAt = 0;
      let longestMs = 0;
      let rests = 0;
      const pace: Pace = {
        now: () => nowMs++,
        rest() {
          rests++;
          longestMs = Math.max(longestMs, nowMs - restedAt);
          restedAt = nowMs;
          return Promise.resolve();
        },
      };
      expect((await written([many], 'text', pace)).join('').split('\n')).toHaveLength(SERIES + 3);
      expect(rests).toBeGreaterThan(20);
      expect(longestMs).toBeLessThanOrEqual(8);
    });

    it('makes no more than was asked for', async () => {
      let made = 0;
      const counted: MetricFamily = {
        ...many,
        *samples() {
          for (const sample of many.samples() as Iterable<{ labels: { at: number }; value: number }>) {
            made++;
            yield sample;
          }
        },
      };
      const exposition = writeExposition([counted], 'text');
      const { value } = await exposition.next();
      expect((value as string).length).toBeLessThan(40_000);
      expect(made).toBeLessThan(SERIES / 3);
      await exposition.return(undefined);
      expect(made).toBeLessThan(SERIES / 3);
    });
  });
});
