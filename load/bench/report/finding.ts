import type { BenchCase, Limit } from '../harness/bench-case.ts';
import { medianInterval, type Interval } from '../harness/bootstrap.ts';
import type { Figures } from '../harness/figures.ts';
import { median, percentileOf } from '../harness/median.ts';

/** From here on a figure says as much about the machine as about the case. */
export const INTERRUPTED_PERCENT_DOUBTFUL = 25;

/** What all processes of a case come down to. */
export interface Finding {
  name: string;
  title: string;
  /** Over the floor; null where pauses were measured. */
  nsPerOp: Interval | null;
  /** Where eight of ten rounds lie: how much one round differs from the next, where the interval is about the median. */
  roundsNs: { p10: number; p90: number };
  floorNsPerOp: number;
  /** Null where one operation was under way at a time. */
  p50Us: Interval | null;
  p99Us: number | null;
  floorP50Us: number | null;
  /** The longest of all rounds; null where none were measured. */
  pauseMs: number | null;
  bytesPerOp: number;
  gcPercent: number;
  interruptedPercent: number;
  verdict: Verdict | null;
}

export interface Verdict {
  limit: Limit;
  /** Null when these rounds cannot tell: the interval holds the limit, or it was crossed while others had the core. */
  met: boolean | null;
}

/** @param processes the figures of at least one process */
export function findingOf({ name, title, limit }: BenchCase, processes: readonly Figures[]): Finding {
  const typical = (metric: (figures: Figures) => number): number => median(processes.map(metric));
  const pooled = (metric: (figures: Figures) => number[]): number => median(processes.flatMap(metric));
  const nsPerOp = medianInterval(processes.map((figures) => figures.nsPerOp));
  const p50Us = medianInterval(processes.map((figures) => figures.p50Us));
  const rounds = processes.flatMap((figures) => figures.nsPerOp);
  const pauses = processes.flatMap((figures) => figures.pauseMs);
  const pauseMs = pauses.length === 0 ? null : Math.max(...pauses);
  const interruptedPercent = Math.max(...processes.map((figures) => figures.interruptedPercent));
  const judged = {
    nsPerOp,
    p50Us,
    // No pause may be longer, so there is nothing to be unsure about.
    pauseMs: pauseMs === null ? null : { median: pauseMs, low: pauseMs, high: pauseMs },
  };
  return {
    name,
    title,
    nsPerOp,
    roundsNs: { p10: percentileOf(rounds, 10), p90: percentileOf(rounds, 90) },
    floorNsPerOp: pooled((figures) => figures.floorNsPerOp),
    p50Us,
    p99Us: p50Us === null ? null : pooled((figures) => figures.p99Us),
    floorP50Us: p50Us === null ? null : pooled((figures) => figures.floorP50Us),
    pauseMs,
    bytesPerOp: typical((figures) => figures.bytesPerOp),
    gcPercent: typical((figures) => figures.gcPercent),
    interruptedPercent,
    verdict: verdictOn(limit, judged, interruptedPercent > INTERRUPTED_PERCENT_DOUBTFUL),
  };
}

function verdictOn(
  limit: Limit | undefined,
  judged: Readonly<Record<Limit['metric'], Interval | null>>,
  disturbed: boolean,
): Verdict | null {
  const found = limit === undefined ? null : judged[limit.metric];
  if (limit === undefined || found === null) return null;
  const met = heldAgainst(limit, found);
  return { limit, met: disturbed && met === false ? null : met };
}

/** The whole interval has to lie on one side of the limit. */
function heldAgainst({ atMost }: Limit, { low, high }: Interval): boolean | null {
  if (high <= atMost) return true;
  return low > atMost ? false : null;
}
