/** What is counted by the time at which its request came. */
const countedSeries = ['offered', 'answered', 'failed', 'limited', 'bulkhead', 'breaker', 'retries'] as const;
/** What is followed by its highest value. */
const peakSeries = ['active', 'queued'] as const;

export type CountedSeries = (typeof countedSeries)[number];
export type PeakSeries = (typeof peakSeries)[number];

const COLUMNS = 240;
const FIRST_COLUMN_MS = 1_000;

/** Counts over time in columns of equal width, as many as a plot can show. When the end is not known, columns join in pairs. */
export class Timeline {
  columnMs: number;
  private readonly capacity: number;
  private readonly values: Readonly<Record<CountedSeries | PeakSeries, Float64Array>>;
  private used = 0;

  /** @param endMs null when it is not known */
  constructor(
    readonly startMs: number,
    endMs: number | null,
  ) {
    this.capacity = endMs === null ? COLUMNS * 2 : COLUMNS;
    this.columnMs = endMs === null ? FIRST_COLUMN_MS : Math.max(1, (endMs - startMs) / COLUMNS);
    this.values = Object.fromEntries(
      [...countedSeries, ...peakSeries].map((name) => [name, new Float64Array(this.capacity)]),
    ) as Timeline['values'];
    if (endMs !== null) this.used = COLUMNS;
  }

  count(series: CountedSeries, atMs: number): void {
    // First: a column may be somewhere else once the columns have joined.
    const column = this.column(atMs);
    this.values[series][column]++;
  }

  peak(series: PeakSeries, atMs: number, value: number): void {
    const column = this.column(atMs);
    const values = this.values[series];
    if (value > values[column]) values[column] = value;
  }

  /** The columns of every series: sums of what was counted, or highest values. */
  all(): Readonly<Record<CountedSeries | PeakSeries, readonly number[]>> {
    const columns = Object.entries(this.values).map(([name, values]) => [name, [...values.subarray(0, this.used)]]);
    return Object.fromEntries(columns) as Record<CountedSeries | PeakSeries, number[]>;
  }

  /** Requests that come near the end are answered after it: that counts into the last column. */
  private column(atMs: number): number {
    let column = Math.floor((atMs - this.startMs) / this.columnMs);
    if (this.capacity === COLUMNS) return Math.min(column, COLUMNS - 1);
    while (column >= this.capacity) {
      this.join();
      column = Math.floor((atMs - this.startMs) / this.columnMs);
    }
    if (column >= this.used) this.used = column + 1;
    return column;
  }

  private join(): void {
    for (const name of countedSeries) joinPairs(this.values[name], (a, b) => a + b);
    for (const name of peakSeries) joinPairs(this.values[name], Math.max);
    this.columnMs *= 2;
    this.used = Math.ceil(this.used / 2);
  }
}

function joinPairs(values: Float64Array, join: (a: number, b: number) => number): void {
  const half = values.length / 2;
  for (let i = 0; i < half; i++) values[i] = join(values[i * 2], values[i * 2 + 1]);
  values.fill(0, half);
}
