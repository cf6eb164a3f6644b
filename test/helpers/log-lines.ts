import type { LogTarget } from '@app/gateway';
import { eventually } from './eventually.js';

/** The line of a request, as tests look at it. */
export interface RequestLine {
  readonly level: string;
  readonly time: string;
  readonly id: string;
  readonly trace: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly client: string;
  readonly route: string;
  readonly tenant?: string;
  readonly upstream?: string;
  readonly target?: string;
  readonly tries: number;
  readonly status: number;
  readonly problem?: string;
  readonly outcome: string;
  readonly bytes: number;
  readonly fields?: Readonly<Record<string, string>>;
  readonly ms: Readonly<Record<'admission' | 'cache' | 'connect' | 'firstByte' | 'total', number>>;
}

/** Takes the lines of a gateway in the test's own process: `startGateway(config, { logTo: lines })`. */
export class LogLines implements LogTarget {
  readonly raw: string[] = [];

  write(line: string): void {
    this.raw.push(line);
  }

  /** Lines of requests, in the order in which they ended. */
  get requests(): RequestLine[] {
    return this.raw
      .map((line) => JSON.parse(line) as RequestLine & { kind?: string })
      .filter(({ kind }) => kind === 'request');
  }

  /** The one line of a request that is over, or is about to be: its client may hear of the end before the log does. */
  async next(): Promise<RequestLine> {
    await eventually('a request has its line', () => this.requests.length > 0);
    const [line, ...more] = this.requests;
    if (more.length > 0) throw new Error(`${more.length} lines more: ${this.raw.join('')}`);
    this.raw.length = 0;
    return line;
  }
}
