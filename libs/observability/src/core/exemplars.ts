/** A request that stands for the others in its bucket. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  /** Time of the observation, in seconds of the epoch. */
  readonly timestampS: number;
}

/** A bucket keeps its exemplar for so long, so that busy buckets do not spend their time on replacing it. */
const KEPT_MS = 1_000;
/** A sampled trace can be looked at; one that is not has at least its log lines, and waits for so long. */
const SAMPLED_KEPT_MS = 60_000;
/** Place of the flags' last digit in a traceparent of version 00 (W3C Trace Context, section 3.2). */
const FLAGS_AT = 54;

/** One exemplar for each bucket of a histogram. */
export class Exemplars {
  private readonly traceparents: string[];
  private readonly values: Float64Array;
  private readonly times: Float64Array;

  constructor(buckets: number) {
    this.traceparents = new Array<string>(buckets).fill('');
    this.values = new Float64Array(buckets);
    this.times = new Float64Array(buckets).fill(-Infinity);
  }

  /**
   * @param traceparent well-formed, and not empty
   * @param nowMs of `performance.now()`
   */
  offer(bucket: number, value: number, traceparent: string, nowMs: number): void {
    const ageMs = nowMs - this.times[bucket];
    if (ageMs < KEPT_MS) return;
    if (ageMs < SAMPLED_KEPT_MS && isSampled(this.traceparents[bucket]) && !isSampled(traceparent)) return;
    this.traceparents[bucket] = traceparent;
    this.values[bucket] = value;
    this.times[bucket] = nowMs;
  }

  at(bucket: number): Exemplar | undefined {
    const traceparent = this.traceparents[bucket];
    if (traceparent === '') return undefined;
    const timestampS = Math.round(performance.timeOrigin + this.times[bucket]) / 1000;
    return { traceId: traceparent.slice(3, 35), value: this.values[bucket], timestampS };
  }
}

function isSampled(traceparent: string): boolean {
  // The digits of odd numbers are odd in ASCII, and those of a to f even: 'b' is 0x62 and means 11.
  const digit = traceparent.charCodeAt(FLAGS_AT);
  return digit >= 0x61 ? digit % 2 === 0 : digit % 2 === 1;
}
