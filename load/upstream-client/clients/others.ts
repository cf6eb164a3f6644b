import { Agent, request as httpRequest } from 'node:http';
import { Pool, type Dispatcher } from 'undici';
import { fields, type Once, type Workload } from './workload.ts';

class Receiver implements Dispatcher.DispatchHandler {
  bytes = 0;
  readonly done: (bytes: number) => void;

  constructor(done: (bytes: number) => void) {
    this.done = done;
  }

  onRequestStart(): void {}

  onResponseStart(): void {}

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
  }

  onResponseEnd(): void {
    this.done(this.bytes);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    throw error;
  }
}

export function undiciDispatch(origin: string, { path, body }: Workload): Once {
  const pool = new Pool(origin, { pipelining: 1, bodyTimeout: 0, headersTimeout: 0 });
  const method = body === null ? 'GET' : 'POST';
  return (done) => {
    pool.dispatch({ method, path, headers: [...fields], body }, new Receiver(done));
  };
}

export function undiciRequest(origin: string, { path, body }: Workload): Once {
  const pool = new Pool(origin, { pipelining: 1 });
  const method = body === null ? 'GET' : 'POST';
  const ask = async (done: (bytes: number) => void): Promise<void> => {
    const response = await pool.request({ method, path, headers: [...fields], body });
    let bytes = 0;
    response.body.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.body.on('end', () => done(bytes));
  };
  return (done) => void ask(done);
}

export function nodeRequest(origin: string, { path, body }: Workload): Once {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(origin);
  const method = body === null ? 'GET' : 'POST';
  return (done) => {
    const headers = [...fields];
    if (body !== null) headers.push('content-length', String(body.length));
    const request = httpRequest({ agent, hostname, port, method, path, headers });
    request.on('response', (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => done(bytes));
    });
    request.end(body ?? undefined);
  };
}
