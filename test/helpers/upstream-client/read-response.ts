import { MalformedResponse } from '../../../libs/upstream-client/src/core/parsing/malformed.js';
import { DEFAULT_LIMITS, type ParserLimits } from '../../../libs/upstream-client/src/core/parsing/parser-limits.js';
import type { ResponseHead } from '../../../libs/upstream-client/src/core/parsing/response-head.js';
import { ResponseReader, type ResponseSink } from '../../../libs/upstream-client/src/core/parsing/response-reader.js';

/** What a reader made of the bytes of a connection. */
export interface ReadResponse {
  interim: { status: number; headers: string[] }[];
  status: number;
  statusText: string;
  headers: string[];
  /** latin1 */
  body: string;
  trailers: string[];
  /** How it ended; `more` when it has not, `cut` when the connection ended before it. */
  end: 'complete' | 'switched' | 'cut' | 'more' | `malformed: ${string}`;
  tooLarge: boolean;
  /** Bytes behind the end. */
  excess: number;
  persistent: boolean;
}

export interface ReadOptions {
  readonly method?: string;
  readonly mayUpgrade?: boolean;
  readonly limits?: Partial<ParserLimits>;
  /** The connection ends behind the last piece. */
  readonly closes?: boolean;
}

/** Reads one response, given piece by piece (latin1), with the reader of the upstream client. */
export function readResponse(pieces: readonly string[], options: ReadOptions = {}): ReadResponse {
  const sink = new RecordingSink();
  const reader = new ResponseReader({ ...DEFAULT_LIMITS, ...options.limits }, sink);
  const { seen } = sink;
  reader.begin(options.method ?? 'GET', options.mayUpgrade ?? false);
  try {
    for (const piece of pieces) {
      if (seen.end !== 'more') seen.excess += piece.length;
      // A buffer of its own, spoilt afterwards: nothing may be read from it later.
      const bytes = Buffer.from(`~~${piece}~~`, 'latin1');
      reader.read(bytes, 2, 2 + piece.length);
      bytes.fill('!');
    }
    if (options.closes === true && seen.end === 'more' && !reader.close()) seen.end = 'cut';
  } catch (error) {
    if (!(error instanceof MalformedResponse)) throw error;
    seen.end = `malformed: ${error.reason}`;
    seen.tooLarge = error.tooLarge;
  }
  return seen;
}

class RecordingSink implements ResponseSink {
  readonly seen: ReadResponse = {
    interim: [],
    status: 0,
    statusText: '',
    headers: [],
    body: '',
    trailers: [],
    end: 'more',
    tooLarge: false,
    excess: 0,
    persistent: false,
  };

  onInterim({ status, headers }: ResponseHead): void {
    this.seen.interim.push({ status, headers });
  }

  onFinal({ status, statusText, headers, persistent }: ResponseHead): void {
    Object.assign(this.seen, { status, statusText, headers, persistent });
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.seen.body += bytes.toString('latin1', start, end);
  }

  onComplete(trailers: string[], excess: number): void {
    Object.assign(this.seen, { trailers, excess, end: 'complete' });
  }

  onSwitch({ status, headers }: ResponseHead, _bytes: Buffer, from: number, to: number): void {
    Object.assign(this.seen, { status, headers, excess: to - from, end: 'switched' });
  }
}
