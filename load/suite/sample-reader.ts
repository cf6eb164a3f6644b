/** One second of a run. */
export interface Second {
  /** Milliseconds, in the order in which they came. */
  durationsMs: number[];
  /** Answers by the first digit of their status; 0 for none at all. */
  byClass: number[];
  users: number;
}

/** What was asked under one name: a scenario, or a route. */
export interface Group {
  durationsMs: number[];
  failed: number;
  /** Milliseconds since the epoch, of the first and the last answer. */
  firstMs: number;
  lastMs: number;
}

/**
 * Reads what k6 writes with `--out csv`, line by line, times in milliseconds. The columns that count are those of
 * `--system-tags status,scenario,expected_response`; tags of the scripts stand in `extra_tags`, as `route=a&kind=read`.
 */
export class SampleReader {
  /** By seconds since the epoch. */
  readonly seconds = new Map<number, Second>();
  readonly scenarios = new Map<string, Group>();
  readonly routes = new Map<string, Group>();
  #columns: Record<string, number> = {};

  readLine(line: string): void {
    if (line.startsWith('metric_name,')) {
      this.#columns = Object.fromEntries(line.split(',').map((name, column) => [name, column]));
    } else if (line.startsWith('http_req_duration,')) {
      this.#readRequest(line.split(','));
    } else if (line.startsWith('vus,')) {
      const [, timestamp, value] = line.split(',');
      this.#secondOf(Number(timestamp)).users = Number(value);
    }
  }

  #readRequest(cells: readonly string[]): void {
    const cell = (name: string): string => cells[this.#columns[name]] ?? '';
    const atMs = Number(cell('timestamp'));
    const durationMs = Number(cell('metric_value'));
    const failed = cell('expected_response') !== 'true';
    const statusClass = Math.floor(Number(cell('status')) / 100);
    const { durationsMs, byClass } = this.#secondOf(atMs);
    durationsMs.push(durationMs);
    byClass[statusClass] = (byClass[statusClass] ?? 0) + 1;
    const scenario = cell('scenario');
    if (scenario !== '') note(this.scenarios, scenario, atMs, durationMs, failed);
    const route = /(?:^|&)route=([^&]*)/.exec(cell('extra_tags'))?.[1];
    if (route !== undefined) note(this.routes, route, atMs, durationMs, failed);
  }

  #secondOf(atMs: number): Second {
    const second = Math.floor(atMs / 1000);
    let found = this.seconds.get(second);
    if (found === undefined) {
      found = { durationsMs: [], byClass: [], users: 0 };
      this.seconds.set(second, found);
    }
    return found;
  }
}

function note(groups: Map<string, Group>, name: string, atMs: number, durationMs: number, failed: boolean): void {
  let group = groups.get(name);
  if (group === undefined) {
    group = { durationsMs: [], failed: 0, firstMs: atMs, lastMs: atMs };
    groups.set(name, group);
  }
  group.durationsMs.push(durationMs);
  group.lastMs = atMs;
  if (failed) group.failed++;
}
