import { percentileOfSorted } from '../../peers/measure/spread.ts';
import type { SampleReader } from '../sample-reader.ts';
import type { GatewaySample } from '../watch-gateway.ts';
import { linePlot, type Line } from './line-plot.ts';

export interface Plot {
  name: string;
  svg: string;
}

const CLASSES = ['no answer', '1xx', '2xx', '3xx', '4xx', '5xx'];
const PERCENTILES = [50, 95, 99];

/** What a run looked like, second by second. */
export function plotsOf({ seconds }: SampleReader, gateway: readonly GatewaySample[]): Plot[] {
  const inOrder = [...seconds].sort(([a], [b]) => a - b);
  const firstS = inOrder[0]?.[0] ?? 0;
  const line = (name: string, valueAt: (index: number) => number | null): Line => ({
    name,
    points: inOrder.flatMap(([second], index) => {
      const value = valueAt(index);
      return value === null ? [] : [[second - firstS, value] as const];
    }),
  });
  const sorted = inOrder.map(([, { durationsMs }]) => Float64Array.from(durationsMs).sort());
  const percentile = (p: number) => (index: number) =>
    sorted[index].length === 0 ? null : percentileOfSorted(sorted[index], p);
  const ofClass = (digit: number) => (index: number) => inOrder[index][1].byClass[digit] ?? 0;
  const seen = CLASSES.flatMap((name, digit) =>
    inOrder.some((_, index) => ofClass(digit)(index) > 0) ? [line(name, ofClass(digit))] : [],
  );
  const plots: Plot[] = [
    { name: 'answers', svg: linePlot('Answers', '1/s', seen) },
    {
      name: 'latency',
      svg: linePlot(
        'Time to the whole answer',
        'ms',
        PERCENTILES.map((p) => line(`p${p}`, percentile(p))),
      ),
    },
    { name: 'users', svg: linePlot('Users of k6', 'count', [line('users', (index) => inOrder[index][1].users)]) },
  ];
  if (gateway.length > 0) {
    const points = (valueOf: (sample: GatewaySample) => number) =>
      gateway.map((sample) => [Math.max(0, sample.atS - firstS), valueOf(sample)] as const);
    plots.push(
      {
        name: 'cpu',
        svg: linePlot('Processor time of the gateway', '% of a core', [
          { name: 'cpu', points: points((s) => s.cpuPercent) },
        ]),
      },
      {
        name: 'memory',
        svg: linePlot('Memory of the gateway', 'MB', [{ name: 'resident', points: points((s) => s.residentMb) }]),
      },
    );
  }
  return plots;
}
