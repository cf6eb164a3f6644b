import { connect, type Socket } from 'node:net';
import { repliesDue, repliesIn } from '../replies-due.js';
import { MARK, type RecordedConnection, type Recorder } from './recorder.js';

/** What became of a request on its way through a proxy. */
export interface Outcome {
  /** The upstream behind it answered the first request. */
  readonly accepted: boolean;
  /** Of the first final reply; 0 when there was none. */
  readonly status: number;
  /** Of a problem, for the gateway; else the empty string. */
  readonly code: string;
  readonly recorded: readonly RecordedConnection[];
}

/** Longer than every timeout of those on the way. */
const PATIENCE_MS = 20_000;

/** A proxy and the upstream behind it, for one request at a time. */
export class Way {
  /** @param entrance a port, or the path of a Unix socket */
  constructor(
    readonly name: string,
    private readonly entrance: string | number,
    private readonly recorder: Recorder,
    /** A client that ends its side has left, as Node's server sees it: it may do so when it has its replies. */
    private readonly endMeansLeft = false,
  ) {}

  /**
   * Sends the pieces, ends its side, and waits for the end of the other.
   * @param mark stands in the request, and in no other
   */
  async send(pieces: readonly string[], mark: string): Promise<Outcome> {
    const text = await converse(this.entrance, pieces, this.endMeansLeft ? repliesDue(pieces) : 0);
    const recorded = this.recorder.take(mark);
    const [, status = 0, head = '', body = ''] = /^HTTP\/1\.[01] ([2-5]\d\d)([^]*?)\r\n\r\n([^]*)/m.exec(text) ?? [];
    // A reply to HEAD has none; what stands there is the next reply.
    const code = pieces.join('').startsWith('HEAD ') ? '' : (/"code":"([^"]*)"/.exec(body)?.[1] ?? '');
    return { accepted: head.includes(MARK), status: Number(status), code, recorded };
  }
}

function converse(entrance: string | number, pieces: readonly string[], replies: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket: Socket =
      typeof entrance === 'number'
        ? connect({ port: entrance, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
        : connect({ path: entrance, allowHalfOpen: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end within ${PATIENCE_MS} ms: ${JSON.stringify({ entrance, pieces, text })}`));
    }, PATIENCE_MS);
    const over = (): void => {
      clearTimeout(timer);
      // No port waits for what may still come.
      if (typeof entrance === 'number') socket.resetAndDestroy();
      else socket.destroy();
      resolve(text);
    };
    let written = false;
    const endWhenAnswered = (): void => {
      if (written && repliesIn(text) >= replies) socket.end();
    };
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      endWhenAnswered();
    });
    socket.on('end', over);
    // Whoever refuses may also reset.
    socket.on('error', over);
    socket.on('close', over);
    const write = (index: number): void => {
      if (socket.destroyed) return;
      if (index === pieces.length) {
        written = true;
        endWhenAnswered();
        return;
      }
      socket.write(pieces[index], 'latin1');
      setImmediate(write, index + 1);
    };
    write(0);
  });
}
