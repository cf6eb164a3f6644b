/** One line of a plot. */
export interface Line {
  name: string;
  /** x in seconds from the beginning (or what the plot calls it), y in the unit of the plot. */
  points: readonly (readonly [number, number])[];
}

const WIDTH = 760;
const HEIGHT = 220;
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 12, 40, 30];
const TICKS_MAX = 6;
/** Told apart also by those who see few colours (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/** Draws lines over time, or over what `xUnit` counts, as a self-contained SVG. */
export function linePlot(title: string, unit: string, lines: readonly Line[], xUnit = 's'): string {
  const points = lines.flatMap((line) => line.points);
  const xMax = Math.max(1, ...points.map(([x]) => x));
  const step = tickStep(Math.max(...points.map(([, y]) => y), 0));
  const yMax = step * Math.max(1, Math.ceil(Math.max(...points.map(([, y]) => y), 0) / step));
  const across = (x: number): number => round(LEFT + (x / xMax) * (WIDTH - LEFT - RIGHT));
  const down = (y: number): number => round(HEIGHT - BOTTOM - (y / yMax) * (HEIGHT - TOP - BOTTOM));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="15" font-size="13" fill="#222">${escapeText(title)} (${escapeText(unit)})</text>`,
    ...ticks(step, yMax).map(
      (y) =>
        `<path d="M${LEFT} ${down(y)}H${WIDTH - RIGHT}" stroke="#ddd"/>` +
        `<text x="${LEFT - 6}" y="${down(y) + 4}" text-anchor="end" fill="#555">${y}</text>`,
    ),
    ...ticks(tickStep(xMax), xMax).map(
      (x) =>
        `<text x="${across(x)}" y="${HEIGHT - 12}" text-anchor="middle" fill="#555">${x} ${escapeText(xUnit)}</text>`,
    ),
    ...lines.map((line, i) => legend(line.name, i) + path(line, COLOURS[i % COLOURS.length], across, down)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function path({ points }: Line, colour: string, across: (x: number) => number, down: (y: number) => number): string {
  if (points.length === 0) return '';
  const [[x, y]] = points;
  // A single point is no line: it is shown as a dot.
  if (points.length === 1) return `<circle cx="${across(x)}" cy="${down(y)}" r="2" fill="${colour}"/>`;
  const steps = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${across(px)} ${down(py)}`).join('');
  return `<path d="${steps}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function legend(name: string, i: number): string {
  const x = LEFT + i * 110;
  return (
    `<rect x="${x}" y="23" width="10" height="10" fill="${COLOURS[i % COLOURS.length]}"/>` +
    `<text x="${x + 14}" y="32" fill="#222">${escapeText(name)}</text>`
  );
}

/** 1, 2 or 5 times a power of ten, so that there are no more than a few ticks. */
export function tickStep(max: number): number {
  if (max <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(max / TICKS_MAX));
  const found = [1, 2, 5, 10].find((factor) => max / (factor * power) <= TICKS_MAX) ?? 10;
  return Number((found * power).toPrecision(6));
}

function ticks(step: number, max: number): number[] {
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
