import type { SimulationResult, UpstreamResult } from '../result/simulation-result.js';
import { clockText, durationText } from '../time-text.js';
import { breakerSpans } from './breaker-spans.js';
import { layers, svgStyle } from './svg-style.js';
import { grouped } from './table.js';

const WIDTH = 960;
const LEFT = 64;
const RIGHT = 24;
/** Below two rows of the legend. */
const TOP = 100;
const PLOT_HEIGHT = 240;
const STRIP_HEIGHT = 14;
const STRIP_STEP = 34;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const BASE = TOP + PLOT_HEIGHT;
/** Widths of letters differ; a legend needs room for about so much. */
const LETTER = 6.3;
const LEGEND_Y = 66;
const LEGEND_STEP = 18;
/** Retries that lie no higher are not told from none. */
const SEEN = 0.005;
const DAY_MS = 86_400_000;
const TICKS_MS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200].map((s) => s * 1_000);

/** Draws what has become of the requests over time, as an SVG that needs nothing beside itself. */
export function svgPlot(result: SimulationResult): string {
  const { series } = result.timeline;
  const perS = result.timeline.columnMs / 1_000;
  const shown = layers.filter(([name]) => series[name].some((count) => count > 0));
  const top = niceTop(Math.max(...series.offered, ...series.retries) / perS);
  const y = (rate: number): number => BASE - (rate / top) * PLOT_HEIGHT;
  const below = series.offered.map(() => 0);
  const areas = shown.map(([name]) => {
    const lower = [...below];
    for (const [i, count] of series[name].entries()) below[i] += count / perS;
    return `<path class="layer ${name}" d="${area(below, lower, y)}"/>`;
  });
  const retriesSeen = Math.max(...series.retries) / perS > top * SEEN;
  const retried = retriesSeen
    ? [
        `<path class="retries" d="M${points(
          series.retries.map((count) => count / perS),
          y,
        ).join('L')}"/>`,
      ]
    : [];
  const strips = [...queueStrip(result), ...result.upstreams.flatMap((each) => breakerStrip(each, result))];
  const height = BASE + 32 + strips.length * STRIP_STEP;
  const title = `${durationText(result.endMs - result.startMs)} of traffic: ${result.traffic}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${svgStyle}</style>`,
    `<text class="title" x="${LEFT}" y="26">${escape(title)}</text>`,
    `<text class="faint" x="${LEFT}" y="44">requests a second; seed ${result.seed}, configuration ${result.revision}</text>`,
    ...legend(result, shown, retriesSeen),
    ...rateGrid(top, y),
    ...areas,
    ...retried,
    ...timeAxis(result),
    ...strips.map((strip, i) => `<g transform="translate(0 ${BASE + 40 + i * STRIP_STEP})">${strip}</g>`),
    '</svg>',
    '',
  ].join('\n');
}

function legend(
  { timeline }: SimulationResult,
  shown: readonly (readonly [string, string])[],
  retriesSeen: boolean,
): string[] {
  const total = (name: keyof typeof timeline.series): string =>
    grouped(timeline.series[name].reduce((sum, count) => sum + count, 0));
  const entries = layers
    .filter((layer) => shown.includes(layer))
    .map(([name, text]) => [`<rect class="${name}" y="-10" width="11" height="11" rx="2"/>`, `${text} ${total(name)}`]);
  if (retriesSeen) entries.push(['<path class="retries" d="M0 -4H12"/>', `retries ${total('retries')}`]);
  let x = LEFT;
  let y = LEGEND_Y;
  return entries.map(([mark, text]) => {
    const width = Math.ceil(text.length * LETTER) + 36;
    if (x + width > WIDTH) [x, y] = [LEFT, y + LEGEND_STEP];
    const drawn = `<g transform="translate(${x} ${y})">${mark}<text x="16">${text}</text></g>`;
    x += width;
    return drawn;
  });
}

function rateGrid(top: number, y: (rate: number) => number): string[] {
  return [0, 1, 2, 3, 4].flatMap((step) => {
    const rate = (top * step) / 4;
    const at = round(y(rate));
    return [
      `<path class="grid" d="M${LEFT} ${at}H${LEFT + PLOT_WIDTH}"/>`,
      `<text class="faint end" x="${LEFT - 8}" y="${at + 4}">${grouped(Number(rate.toFixed(2)))}</text>`,
    ];
  });
}

function timeAxis({ startMs, endMs }: SimulationResult): string[] {
  const length = endMs - startMs;
  const step = TICKS_MS.find((ms) => length / ms <= 12) ?? Math.ceil(length / 12 / DAY_MS) * DAY_MS;
  const ticks: string[] = [];
  for (let at = Math.ceil(startMs / step) * step; at <= endMs; at += step) {
    const x = round(LEFT + ((at - startMs) / Math.max(1, length)) * PLOT_WIDTH);
    ticks.push(`<text class="faint middle" x="${x}" y="${BASE + 18}">${clockText(at, step >= 60_000)}</text>`);
  }
  return ticks;
}

function queueStrip({ timeline }: SimulationResult): string[] {
  const { queued } = timeline.series;
  const most = Math.max(...queued);
  if (most === 0) return [];
  const width = PLOT_WIDTH / queued.length;
  const bars = queued.map((waiting, i) => {
    if (waiting === 0) return '';
    const height = round(Math.max(1, (waiting / most) * STRIP_HEIGHT));
    return `M${round(LEFT + i * width)} ${STRIP_HEIGHT}v-${height}h${round(width)}v${height}z`;
  });
  return [
    `<text x="${LEFT}" y="-4">waiting for a place, up to ${grouped(most)}</text>${track()}<path class="queued" d="${bars.join('')}"/>`,
  ];
}

function breakerStrip(upstream: UpstreamResult, result: SimulationResult): string[] {
  const { breaker, name } = upstream;
  if (breaker === null) return [];
  const { startMs, endMs } = result;
  const x = (atMs: number): number => LEFT + ((atMs - startMs) / Math.max(1, endMs - startMs)) * PLOT_WIDTH;
  const spans = breakerSpans(upstream, result);
  const drawn = (['open', 'half-open'] as const).map((state) => {
    const boxes = spans.flatMap((span) => {
      if (span.state !== state || span.toMs <= span.fromMs) return [];
      const from = round(x(span.fromMs));
      const width = x(span.toMs) - x(span.fromMs);
      // What is open for a moment must be seen; what is half-open between would only hide it.
      return [`M${from} 0h${state === 'open' ? round(Math.max(0.5, width)) : round(width)}v${STRIP_HEIGHT}H${from}z`];
    });
    return boxes.length === 0 ? '' : `<path class="${state}" d="${boxes.join('')}"/>`;
  });
  const label = `breaker of ${name}: opened ${breaker.openings === 1 ? 'once' : `${grouped(breaker.openings)} times`}`;
  return [`<text x="${LEFT}" y="-4">${escape(label)}</text>${track()}${drawn.join('')}`];
}

function track(): string {
  return `<rect class="track" x="${LEFT}" width="${PLOT_WIDTH}" height="${STRIP_HEIGHT}"/>`;
}

function area(upper: readonly number[], lower: readonly number[], y: (rate: number) => number): string {
  return `M${[...points(upper, y), ...points(lower, y).reverse()].join('L')}Z`;
}

/** A point in the middle of each column; the first and the last reach the edges. */
function points(rates: readonly number[], y: (rate: number) => number): string[] {
  const step = PLOT_WIDTH / rates.length;
  return rates.map((rate, i) => {
    const at = i === 0 ? 0 : i === rates.length - 1 ? rates.length : i + 0.5;
    return `${round(LEFT + at * step)} ${round(y(rate))}`;
  });
}

/** The next number above that four lines divide well. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.001)));
  return ([1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((factor) => value <= factor * power) ?? 10) * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
