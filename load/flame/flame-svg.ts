import type { Frame, Owner } from './frame-tree.ts';

const WIDTH = 1_200;
const ROW = 17;
const MARGIN = 10;
const HEAD = 48;
/** Narrower frames are left out: nobody could see them, and there are thousands. */
const WIDTH_MIN = 0.6;
const CHARACTER = 6.4;
/** Told apart also by those who see few colours (Okabe and Ito), pale enough for text on them. */
const COLOURS: Readonly<Record<Owner, string>> = {
  gateway: '#f0a44b',
  packages: '#c9a3d4',
  Node: '#9fd0ee',
  'garbage collection': '#e58f7b',
  'other threads': '#b9cfa0',
  'native and kernel': '#d5d5d5',
};

/** Draws calls as a self-contained SVG: who calls is below, and the width is the share of the time. */
export function flameSvg(title: string, root: Frame): string {
  const scale = (WIDTH - 2 * MARGIN) / root.total;
  const rows = depthOf(root, scale);
  const height = HEAD + rows * ROW + MARGIN;
  const shapes: string[] = [];
  const draw = (frame: Frame, x: number, row: number): void => {
    const width = frame.total * scale;
    if (width < WIDTH_MIN) return;
    shapes.push(shape(frame, x, height - MARGIN - (row + 1) * ROW, width, frame.total / root.total));
    let at = x;
    for (const child of byWeight(frame)) {
      draw(child, at, row + 1);
      at += child.total * scale;
    }
  };
  draw(root, MARGIN, 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="monospace" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN}" y="18" font-size="13" font-family="sans-serif" fill="#222">${escapeText(title)}</text>`,
    ...Object.entries(COLOURS).map(([owner, colour], i) => legend(owner, colour, i)),
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

function shape({ name, file, owner }: Frame, x: number, y: number, width: number, share: number): string {
  const label = shortName(name);
  const room = Math.floor((width - 6) / CHARACTER);
  const text = room < 3 ? '' : label.length <= room ? label : `${label.slice(0, room - 1)}…`;
  const place = file === '' ? '' : `, ${shortFile(file)}`;
  return (
    `<g><title>${escapeText(`${label}${place}: ${(100 * share).toFixed(1)} %`)}</title>` +
    `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(width - 0.4, 0.3).toFixed(1)}" height="${ROW - 1}" fill="${COLOURS[owner]}"/>` +
    (text === '' ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}" fill="#222">${escapeText(text)}</text>`) +
    '</g>'
  );
}

/** Without the place of what has no name. */
export function shortName(name: string): string {
  return name === '' ? '(anonymous)' : name.replace(/^\(anonymous:.*\)$/, '(anonymous)');
}

/** Without the folder in which the gateway happened to stand. */
export function shortFile(file: string): string {
  return /(?:^|\/)(?:node_modules\/|(?=(?:apps|libs)\/))(.+)$/.exec(file)?.[1] ?? file;
}

function depthOf(frame: Frame, scale: number): number {
  const visible = [...frame.children.values()].filter(({ total }) => total * scale >= WIDTH_MIN);
  return 1 + Math.max(0, ...visible.map((child) => depthOf(child, scale)));
}

function byWeight({ children }: Frame): Frame[] {
  return [...children.values()].sort((a, b) => b.total - a.total);
}

function legend(owner: string, colour: string, i: number): string {
  const x = MARGIN + i * 160;
  return (
    `<rect x="${x}" y="27" width="11" height="11" fill="${colour}"/>` +
    `<text x="${x + 16}" y="37" fill="#222">${owner}</text>`
  );
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
