import type { RouteConfig } from '../../config/schema/gateway.schema.js';
import { didYouMean } from '../../config/nearest-name.js';
import { SimulationInputError } from '../simulation-input.error.js';
import { Caller } from './caller.js';
import { LineReader } from './line-reader.js';
import { readHeader, splitRow, type TraceColumn, type TraceColumns } from './trace-columns.js';
import { usualMethod, type Arrival, type Traffic } from './traffic.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Times from here on are taken as Unix times: no trace that counts from its own beginning is thirty years long. */
const UNIX_S = 1e9;

export interface TraceOptions {
  /** As the user calls it. */
  readonly name: string;
  readonly path: string;
  /** All routes of the configuration. */
  readonly routes: readonly RouteConfig[];
  /** Those whose requests are replayed. */
  readonly chosen: readonly RouteConfig[];
  /** Time after which the rest is left out; null replays all. */
  readonly durationMs: number | null;
}

/** Requests that were recorded: CSV with a header, sorted by time. Rows of routes that were not chosen are left out. */
export class TraceTraffic implements Traffic {
  readonly startMs: number;
  readonly endMs: number | null;
  readonly description: string;
  private readonly lines: LineReader;
  private readonly columns: TraceColumns;
  private readonly routes: ReadonlyMap<string, RouteConfig>;
  private readonly chosen: ReadonlySet<RouteConfig>;
  private readonly callers = new Map<string, Caller>();
  /** Unix time at which the clock is 0, in milliseconds: midnight UTC of the first day. */
  private originMs = 0;
  private lastMs = 0;
  /** The first request, read ahead: it tells when the clock begins. */
  private first: Arrival | null;
  private readonly arrival: Arrival;

  /** @throws SimulationInputError when there is no such file, or its header is wrong */
  constructor(private readonly options: TraceOptions) {
    const { name, path, routes, chosen, durationMs } = options;
    this.description = name;
    try {
      this.lines = new LineReader(path);
    } catch (error) {
      throw SimulationInputError.noInput(`${name}: ${reasonOf(error)}`);
    }
    const header = this.line();
    if (header === null) throw SimulationInputError.data(`${name}: is empty`);
    const columns = readHeader(header);
    if (typeof columns === 'string') throw this.wrong(columns);
    this.columns = columns;
    if (columns.at.route < 0 && chosen.length > 1) {
      throw this.wrong('there is no column route, and the configuration has several: name one with --route');
    }
    this.routes = new Map(routes.map((route) => [route.id, route]));
    this.chosen = new Set(chosen);
    this.arrival = { atMs: 0, route: chosen[0], caller: new Caller(''), method: '', status: 0, latencyMs: -1 };
    this.first = this.read();
    this.startMs = this.originMs > 0 ? Math.floor(this.arrival.atMs / MINUTE_MS) * MINUTE_MS : 0;
    this.endMs = durationMs === null ? null : this.startMs + durationMs;
  }

  /** @throws SimulationInputError with the line that is wrong */
  next(): Arrival | null {
    const arrival = this.first ?? this.read();
    this.first = null;
    if (arrival === null || (this.endMs !== null && arrival.atMs >= this.endMs)) {
      this.lines.close();
      return null;
    }
    return arrival;
  }

  private read(): Arrival | null {
    for (let line = this.line(); line !== null; line = this.line()) {
      if (line === '') continue;
      const cells = splitRow(line);
      if (cells === undefined) throw this.wrong('a quote is not closed');
      if (cells.length !== this.columns.count) {
        throw this.wrong(`${cells.length} cells, and the header has ${this.columns.count}`);
      }
      if (this.fill(cells)) return this.arrival;
    }
    return null;
  }

  /** @returns false for a row that is left out */
  private fill(cells: readonly string[]): boolean {
    const { arrival, columns } = this;
    arrival.atMs = this.time(cells[columns.at.time_s]);
    if (columns.at.route >= 0) arrival.route = this.route(cells[columns.at.route]);
    if (!this.chosen.has(arrival.route)) return false;
    const method = cellOf(cells, columns, 'method');
    arrival.method = method === '' ? usualMethod(arrival.route) : method.toUpperCase();
    arrival.status = this.number(cells, 'status', 0);
    if (arrival.status !== 0 && (arrival.status < 100 || arrival.status > 599)) {
      throw this.wrong(`status: must be from 100 to 599, not ${arrival.status}`);
    }
    arrival.latencyMs = this.number(cells, 'latency_ms', -1);
    arrival.caller = this.caller(cells);
    return true;
  }

  private time(cell: string): number {
    const seconds = Number(cell);
    if (cell.trim() === '' || !(seconds >= 0 && seconds < 1e11)) {
      throw this.wrong(`time_s: must be seconds, not ${JSON.stringify(cell)}`);
    }
    const rawMs = seconds * 1_000;
    if (this.lastMs === 0 && seconds >= UNIX_S) this.originMs = Math.floor(rawMs / DAY_MS) * DAY_MS;
    if (rawMs < this.lastMs)
      throw this.wrong(`time_s: ${cell} comes after ${this.lastMs / 1_000}; sort the trace by time`);
    this.lastMs = rawMs;
    return rawMs - this.originMs;
  }

  private route(id: string): RouteConfig {
    const route = this.routes.get(id);
    if (route !== undefined) return route;
    const hint = didYouMean(id, this.routes.keys());
    throw this.wrong(`route: there is no route ${JSON.stringify(id)}${hint === undefined ? '' : `; ${hint}`}`);
  }

  private number(cells: readonly string[], column: TraceColumn, absent: number): number {
    const cell = cellOf(cells, this.columns, column);
    if (cell === '' || cell === '-') return absent;
    const value = Number(cell);
    if (!(value >= 0 && value <= 1e9)) throw this.wrong(`${column}: must be a number, not ${JSON.stringify(cell)}`);
    return value;
  }

  private caller(cells: readonly string[]): Caller {
    const { columns, callers } = this;
    const key = cellOf(cells, columns, 'key');
    // Cells of a row hold no line ends, so none reads like two.
    const name = columns.parts.length === 0 ? key : [key, ...columns.parts.map(([, at]) => cells[at])].join('\n');
    let caller = callers.get(name);
    if (caller === undefined) {
      const parts = Object.fromEntries(columns.parts.map(([part, at]) => [part, cells[at]]));
      callers.set(name, (caller = new Caller(key, parts)));
    }
    return caller;
  }

  private line(): string | null {
    try {
      return this.lines.next();
    } catch (error) {
      if (error instanceof RangeError) throw this.wrong('is no text: a line does not end', this.lines.number + 1);
      throw SimulationInputError.noInput(`${this.options.name}: ${reasonOf(error)}`);
    }
  }

  private wrong(message: string, line = this.lines.number): SimulationInputError {
    this.lines.close();
    return SimulationInputError.data(`${this.options.name}:${line} ${message}`);
  }
}

function cellOf(cells: readonly string[], { at }: TraceColumns, column: TraceColumn): string {
  return at[column] < 0 ? '' : cells[at[column]].trim();
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
};

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? `cannot be read (${code})`;
}
