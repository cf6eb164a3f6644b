const MS = 1_000;
const units: Readonly<Record<string, number>> = { ms: 1, s: MS, m: 60 * MS, h: 3_600 * MS, d: 86_400 * MS };

/** Reads `90s`, `10m`, `1.5h`, `2d`, or plain seconds. @returns milliseconds, or -1 for anything else */
export function durationMs(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  return amount === undefined ? -1 : Number(amount) * units[unit];
}

/** Reads a time of the simulated clock: `10:05`, `10:05:30`, or a duration since its beginning. @returns as durationMs() */
export function clockMs(text: string): number {
  const [, hours, minutes, seconds = '0'] = /^(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?$/.exec(text) ?? [];
  if (hours === undefined) return durationMs(text);
  return (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * MS;
}

/** `10:05:30`, or `10:05` when `coarse`. Hours go on after 24. */
export function clockText(atMs: number, coarse = false): string {
  const seconds = Math.floor(atMs / MS);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts
    .slice(0, coarse ? 2 : 3)
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** `24 h`, `90 s`, `1.5 h`: in the largest unit that gives a short number. */
export function durationText(ms: number): string {
  const [unit, size] = ms >= 2 * units.h ? ['h', units.h] : ms >= 2 * units.m ? ['min', units.m] : ['s', units.s];
  return `${Number((ms / size).toFixed(2))} ${unit}`;
}
