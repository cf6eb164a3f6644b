import { linePlot, type Line } from '../../suite/report/line-plot.ts';
import type { Baseline } from './baseline.ts';

/** What is worth a line: the parts whose figures go up and down by themselves. */
const PLOTTED = ['cpu', 'bench', 'memory', 'latency'];
/** More lines cannot be told apart. */
const LINES_MAX = 6;

export interface TrendPlot {
  part: string;
  svg: string;
}

/** One plot for each part: figures in percent of their first, run by run. */
export function trendPlots({ points }: Baseline): TrendPlot[] {
  return PLOTTED.flatMap((part) => {
    const names = [...new Set(points.flatMap(({ figures }) => Object.keys(figures)))]
      .filter((name) => name.startsWith(`${part}: `))
      .slice(0, LINES_MAX);
    const lines = names.map((name) => lineOf(name, points)).filter((line) => line.points.length > 0);
    if (lines.length === 0) return [];
    return [{ part, svg: linePlot(part, '% of the first run', lines, 'run') }];
  });
}

function lineOf(name: string, points: Baseline['points']): Line {
  const first = points.map(({ figures }) => figures[name]).find((value) => value > 0);
  const found = points.flatMap(({ figures }, run): [number, number][] =>
    first === undefined || figures[name] === undefined ? [] : [[run, (100 * figures[name]) / first]],
  );
  return { name: name.slice(name.indexOf(':') + 2), points: found };
}
