/** `-e SCALE=0.1` makes every run a tenth as long. */
const scale = Number(__ENV.SCALE ?? 1);
if (!(scale > 0)) throw new Error(`SCALE is ${__ENV.SCALE}: it takes a number above 0`);

/** So many seconds, scaled: 1 at least. */
export function scaledS(seconds: number): number {
  return Math.max(1, Math.round(seconds * scale));
}

/** A duration as k6 takes it, scaled. */
export function lasting(seconds: number): string {
  return `${scaledS(seconds)}s`;
}
