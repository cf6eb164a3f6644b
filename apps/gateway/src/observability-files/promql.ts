/** A query, and why it may have no result: a test holds the others to have one. */
export interface Query {
  readonly expr: string;
  /** Completes "Empty while …". */
  readonly emptyWhile?: string;
}

/** Windows of the burn-rate alerts and of what they are computed from. */
export const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
export type Window = (typeof WINDOWS)[number];

/** Matches these values and no others. Route ids and upstream names hold no character that would have to be escaped twice. */
export function oneOf(label: string, values: readonly string[]): string {
  if (values.length === 1) return `${label}="${values[0]}"`;
  return `${label}=~"${values.map((value) => value.replaceAll('.', '[.]')).join('|')}"`;
}

/** A share as PromQL writes it, without the noise of binary fractions. */
export function share(value: number): string {
  return String(Number(value.toPrecision(6)));
}
