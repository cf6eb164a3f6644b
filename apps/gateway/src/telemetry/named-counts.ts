import { NumberRows, type MetricSource, type Sample, type WorkerMemory } from '@app/observability';

/** Counts by name; all names are there from the beginning, so that a rate over them has something to see. */
export class NamedCounts {
  private readonly rows: NumberRows;
  private readonly own: Float64Array | null;

  /** @param place unique among the counts that workers have in common */
  constructor(
    private readonly names: readonly string[],
    place: string,
    memory: WorkerMemory | null,
  ) {
    this.rows = new NumberRows(names.length, memory && { memory, name: place, rowsMax: 1 });
    this.own = names.length === 0 ? null : this.rows.row(0);
  }

  add(name: string, by: number): void {
    const at = this.names.indexOf(name);
    if (this.own !== null && at >= 0) this.own[at] += by;
  }

  /** @param label that has the name; @param more labels */
  samples(label: string, more: Readonly<Record<string, string>> = {}): Sample[] {
    return [...this.rows.entries()].flatMap(([, row]) =>
      this.names.map((name, at) => ({ labels: { [label]: name, ...more }, value: row[at] })),
    );
  }

  source(name: string, type: MetricSource['type'], help: string, label: string): MetricSource {
    return { name, type, help, combine: 'whole', samples: () => this.samples(label) };
  }
}
