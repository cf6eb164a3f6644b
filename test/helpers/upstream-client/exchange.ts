import type { Duplex } from 'node:stream';
import type { ChunkLease, Exchange, ExchangeHandler, UpstreamClient, UpstreamRequest } from '@app/upstream-client';

/** What came of an exchange. */
export class Answer implements ExchangeHandler {
  readonly leasesChunks: boolean;
  readonly interim: { status: number; headers: string[] }[] = [];
  status = 0;
  statusText = '';
  headers: string[] = [];
  readonly chunks: Buffer[] = [];
  trailers: string[] = [];
  upgraded: Duplex | null = null;
  /** `code`, or `code: reason`; the empty string for none. */
  error = '';
  cause: unknown = null;
  over = false;
  /** Calls after the last one, and chunks that came during a pause. */
  readonly faults: string[] = [];
  exchange: Exchange | null = null;
  readonly done: Promise<this>;
  private finish: () => void = () => undefined;

  constructor(private readonly options: AnswerOptions = {}) {
    this.leasesChunks = options.leases === true;
    this.done = new Promise((resolve) => (this.finish = () => resolve(this)));
  }

  get body(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  onInformation(status: number, headers: string[]): void {
    this.called('information');
    this.interim.push({ status, headers });
    this.options.onInformation?.(this);
  }

  onHead(status: number, statusText: string, headers: string[]): void {
    this.called('head');
    Object.assign(this, { status, statusText, headers });
    this.options.onHead?.(this);
  }

  onData(chunk: Uint8Array, lease?: ChunkLease | null): boolean {
    this.called('data');
    if (lease != null) {
      this.chunks.push(Buffer.from(chunk));
      // Whoever keeps the chunk beyond this will see it.
      chunk.fill(0x21);
      lease.release();
    } else this.chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    return this.options.onData?.(this) ?? true;
  }

  onEnd(trailers: string[]): void {
    this.called('end');
    this.trailers = trailers;
    this.close();
  }

  onUpgrade(status: number, headers: string[], socket: Duplex): void {
    this.called('upgrade');
    Object.assign(this, { status, headers, upgraded: socket });
    this.close();
  }

  onError(error: { code: string; reason: string; cause?: unknown }): void {
    this.called('error');
    this.error = error.reason === '' ? error.code : `${error.code}: ${error.reason}`;
    this.cause = error.cause;
    this.close();
  }

  private called(what: string): void {
    if (this.over) this.faults.push(what);
  }

  private close(): void {
    this.over = true;
    this.options.onOver?.(this);
    this.finish();
  }
}

export interface AnswerOptions {
  readonly leases?: boolean;
  onInformation?(answer: Answer): void;
  onHead?(answer: Answer): void;
  onData?(answer: Answer): boolean;
  onOver?(answer: Answer): void;
}

const GET: UpstreamRequest = {
  method: 'GET',
  path: '/',
  headers: ['host', 'upstream.example'],
  body: null,
  bodyBytes: 0,
  upgrade: '',
  expectsContinue: false,
  trailers: null,
};

/** Begins an exchange, a plain GET unless something else is said. */
export function begin(
  client: UpstreamClient,
  request: Partial<UpstreamRequest> = {},
  options: AnswerOptions = {},
): Answer {
  const answer = new Answer(options);
  answer.exchange = client.exchange({ ...GET, headers: [...GET.headers], ...request }, answer);
  return answer;
}

export function ask(
  client: UpstreamClient,
  request: Partial<UpstreamRequest> = {},
  options: AnswerOptions = {},
): Promise<Answer> {
  return begin(client, request, options).done;
}
