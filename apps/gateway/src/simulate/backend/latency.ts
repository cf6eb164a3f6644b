import { SimulationInputError } from '../simulation-input.error.js';

/** Milliseconds that a try takes, from a number from 0 up to, not including, 1. */
export type Latency = (draw: number) => number;

/** How far the 99th percentile of a normal distribution lies from its middle. */
const Z99 = 2.326347874;
const NUMBER = String.raw`(\d+(?:\.\d+)?)`;

/** Reads `N`, `LOW-HIGH` (evenly between), `exp:MEAN`, or `p50:N,p99:N` (log-normal). */
export function parseLatency(text: string): Latency {
  const [, constant] = read(NUMBER, text);
  if (constant !== undefined) return () => Number(constant);
  const [, low, high] = read(`${NUMBER}-${NUMBER}`, text).map(Number);
  if (high >= low) return (draw) => low + (high - low) * draw;
  const [, mean] = read(`exp:${NUMBER}`, text);
  if (mean !== undefined) return (draw) => -Number(mean) * Math.log(1 - draw);
  const [, p50, p99] = read(`p50:${NUMBER},p99:${NUMBER}`, text).map(Number);
  if (p50 > 0 && p99 >= p50) {
    const spread = Math.log(p99 / p50) / Z99;
    return (draw) => p50 * Math.exp(spread * normal(draw));
  }
  throw SimulationInputError.usage(
    `--latency-ms ${JSON.stringify(text)}: must be N, LOW-HIGH, exp:MEAN or p50:N,p99:N, in milliseconds`,
  );
}

function read(pattern: string, text: string): string[] {
  return new RegExp(`^${pattern}$`).exec(text) ?? [];
}

/** The inverse of the normal distribution (Acklam’s approximation, exact to 1e-9 of the value). */
function normal(draw: number): number {
  const p = Math.min(1 - 1e-12, Math.max(1e-12, draw));
  if (p > 0.97575) return -lowTail(1 - p);
  if (p < 0.02425) return lowTail(p);
  const q = p - 0.5;
  const r = q * q;
  return (
    (q *
      polynomial(
        r,
        [
          -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
          2.506628277459239,
        ],
      )) /
    polynomial(r, [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1])
  );
}

function lowTail(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p));
  return (
    polynomial(
      q,
      [
        -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
        2.938163982698783,
      ],
    ) / polynomial(q, [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1])
  );
}

/** @param factors of the highest power first */
function polynomial(x: number, factors: readonly number[]): number {
  let sum = 0;
  for (const factor of factors) sum = sum * x + factor;
  return sum;
}
