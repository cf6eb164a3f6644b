const BARS = '▁▂▃▄▅▆▇█';

/** A line of bars for values from 0 to `top`; nothing is a space, and what is little is seen. */
export function sparkline(values: readonly number[], top: number): string {
  return values
    .map((value) => (value <= 0 ? ' ' : BARS[Math.min(BARS.length - 1, Math.floor((value / top) * BARS.length))]))
    .join('');
}

/** Joins columns so that at most `most` are left. */
export function fewer(
  values: readonly number[],
  most: number,
  join: (a: number, b: number) => number,
): { readonly values: readonly number[]; readonly joined: number } {
  const joined = Math.max(1, Math.ceil(values.length / most));
  const left: number[] = [];
  for (let i = 0; i < values.length; i += joined) left.push(values.slice(i, i + joined).reduce(join));
  return { values: left, joined };
}
