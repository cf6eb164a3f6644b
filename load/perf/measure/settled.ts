import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 50;

/** Looks until a figure has stood still for `looks` looks, or `timeoutMs` are over. Gives the last one. */
export async function standsStill(
  read: () => number | Promise<number>,
  { looks = 6, timeoutMs = 10_000 } = {},
): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  let before = await read();
  for (let same = 0; same < looks && performance.now() < deadline;) {
    await delay(LOOK_MS);
    const now = await read();
    same = now === before ? same + 1 : 0;
    before = now;
  }
  return before;
}

/** Looks until a figure is `enough` or less, or `timeoutMs` are over. Gives the last one. */
export async function fallsTo(enough: number, read: () => Promise<number>, timeoutMs: number): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  let now = await read();
  while (now > enough && performance.now() < deadline) {
    await delay(LOOK_MS);
    now = await read();
  }
  return now;
}
