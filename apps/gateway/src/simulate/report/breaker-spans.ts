import type { SimulationResult, UpstreamResult } from '../result/simulation-result.js';

/** A time in which a breaker was not closed. */
export interface BreakerSpan {
  readonly state: 'open' | 'half-open';
  readonly fromMs: number;
  readonly toMs: number;
}

/** @param endMs the end of the last one, when the breaker has not closed since */
export function breakerSpans({ breaker }: UpstreamResult, { endMs }: SimulationResult): BreakerSpan[] {
  const transitions = breaker?.transitions ?? [];
  return transitions.flatMap(({ atMs, to }, i) => {
    const toMs = Math.min(endMs, transitions[i + 1]?.atMs ?? endMs);
    return to === 'closed' || toMs < atMs ? [] : [{ state: to, fromMs: atMs, toMs }];
  });
}

/** `▒` where it was half-open, `█` where it was open, in columns of equal width. */
export function breakerLine(
  spans: readonly BreakerSpan[],
  { startMs }: SimulationResult,
  columns: number,
  columnMs: number,
): string {
  const line = Array.from({ length: columns }, () => '·');
  for (const state of ['half-open', 'open'] as const) {
    for (const span of spans) {
      if (span.state !== state) continue;
      const last = Math.min(columns - 1, Math.floor((span.toMs - startMs) / columnMs));
      for (let i = Math.floor((span.fromMs - startMs) / columnMs); i <= last; i++)
        line[i] = state === 'open' ? '█' : '▒';
    }
  }
  return line.join('');
}
