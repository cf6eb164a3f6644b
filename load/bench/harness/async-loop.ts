/** As sync-loop.ts: each operation is waited for before the next begins. Import it through `ownLoop`. */
export async function loop(op: (i: number) => Promise<unknown>, from: number, times: number): Promise<number> {
  for (let i = from; i < from + times; i++) await op(i);
  return times;
}

/** `lanes` such loops side by side, which leave the microseconds of each operation in `latenciesUs`. */
export async function lanes(
  op: (i: number) => Promise<unknown>,
  from: number,
  lanesCount: number,
  latenciesUs: Float64Array,
): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < latenciesUs.length) {
      const at = next++;
      const startedAt = performance.now();
      await op(from + at);
      latenciesUs[at] = (performance.now() - startedAt) * 1000;
    }
  };
  await Promise.all(Array.from({ length: lanesCount }, lane));
  return latenciesUs.length;
}
