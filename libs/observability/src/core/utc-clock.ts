const millis = Array.from({ length: 1000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);
let second = -1;
let prefix = '';

/** A time as RFC 3339 writes it, `2026-11-05T12:00:00.123Z`. The second is written out once. @param now ms since 1970 */
export function utcText(now: number): string {
  const seconds = Math.floor(now / 1000);
  if (seconds !== second) {
    second = seconds;
    prefix = new Date(seconds * 1000).toISOString().slice(0, 20);
  }
  return prefix + millis[now - seconds * 1000];
}
