import { request } from 'node:http';
import { Duplex } from 'node:stream';
import { Client, type Dispatcher } from 'undici';
import type { OddResponse } from './odd-responses.js';

/** What another client made of a response. */
export interface OtherReading {
  end: 'complete' | 'error';
  /** Code of the error. */
  why: string;
  status: number;
  /** Flat, names in lower case; only Node's, since undici does not keep their order. */
  headers: string[];
  interim: number;
  body: string;
  trailers: string[];
}

const nothing = (): OtherReading => ({
  end: 'error',
  why: '',
  status: 0,
  headers: [],
  interim: 0,
  body: '',
  trailers: [],
});

/** A connection in memory, on which the pieces come one by one, and then the end, once a request was written. */
class Played extends Duplex {
  private begun = false;

  constructor(private readonly pieces: readonly string[]) {
    super();
    this.on('error', () => undefined);
  }

  override _read(): void {
    // Pushed from play().
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    if (!this.begun) {
      this.begun = true;
      this.play(0);
    }
    done();
  }

  private play(index: number): void {
    setImmediate(() => {
      if (this.destroyed) return;
      if (index === this.pieces.length) {
        this.push(null);
        return;
      }
      this.push(Buffer.from(this.pieces[index], 'latin1'));
      this.play(index + 1);
    });
  }
}

export function readWithNode({ pieces, method }: OddResponse): Promise<OtherReading> {
  const seen = nothing();
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      seen.why = error.code ?? error.message;
      resolve(seen);
    };
    const client = request({ method, host: 'a', createConnection: () => new Played(pieces) });
    client.on('information', () => seen.interim++);
    client.on('upgrade', (_, socket) => {
      socket.destroy();
      fail(new Error('upgrade'));
    });
    client.on('error', fail);
    client.on('response', (response) => {
      seen.status = response.statusCode ?? 0;
      seen.headers = lowered(response.rawHeaders);
      response.on('data', (chunk: Buffer) => (seen.body += chunk.toString('latin1')));
      response.on('error', fail);
      response.on('end', () => {
        seen.end = response.complete ? 'complete' : 'error';
        seen.trailers = lowered(response.rawTrailers);
        resolve(seen);
        client.destroy();
      });
    });
    client.end();
  });
}

export function readWithUndici({ pieces, method }: OddResponse): Promise<OtherReading> {
  const seen = nothing();
  const client = new Client('http://a', {
    pipelining: 1,
    connect: (_: unknown, callback: (error: null, socket: Duplex) => void) => {
      process.nextTick(callback, null, new Played(pieces));
    },
  } as unknown as Client.Options);
  return new Promise((resolve) => {
    const finish = (): void => {
      resolve(seen);
      client.destroy().catch(() => undefined);
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_, status) => {
        if (status < 200) seen.interim++;
        else seen.status = status;
      },
      onResponseData: (_, chunk) => void (seen.body += chunk.toString('latin1')),
      onResponseEnd: (_, trailers) => {
        seen.end = 'complete';
        for (const [name, value] of Object.entries(trailers)) seen.trailers.push(name, String(value));
        finish();
      },
      onResponseError: (_, error) => {
        seen.why = (error as NodeJS.ErrnoException).code ?? error.message;
        finish();
      },
    };
    client.dispatch({ path: '/', method }, handler);
  });
}

function lowered(flat: readonly string[]): string[] {
  return flat.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));
}
