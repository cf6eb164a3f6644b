/** Upper bounds in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const known = new Map<number | null, readonly number[]>([[null, BOUNDS]]);

/**
 * The bounds of a duration histogram, the budget of the route among them: only at a bound can be told how many requests
 * kept it. Routes with one budget share one list.
 */
export function durationBounds(p95Ms: number | null): readonly number[] {
  let bounds = known.get(p95Ms);
  if (bounds === undefined) {
    bounds = withBound((p95Ms ?? 0) / 1000);
    known.set(p95Ms, bounds);
  }
  return bounds;
}

function withBound(bound: number): readonly number[] {
  return BOUNDS.includes(bound) ? BOUNDS : [...BOUNDS, bound].sort((a, b) => a - b);
}
