// Compiled by main.ts: Node does not strip all that the library's sources hold.
import {
  NativeClient,
  type ChunkLease,
  type ExchangeHandler,
  type UpstreamRequest,
} from '../../../dist/libs/upstream-client/index.js';
import { fields, type Once, type Workload } from './workload.ts';

class Receiver implements ExchangeHandler {
  bytes = 0;
  readonly leasesChunks: boolean;
  readonly done: (bytes: number) => void;

  constructor(done: (bytes: number) => void, leases: boolean) {
    this.done = done;
    this.leasesChunks = leases;
  }

  onInformation(): void {}

  onHead(): void {}

  onData(chunk: Uint8Array, lease?: ChunkLease | null): boolean {
    this.bytes += chunk.byteLength;
    lease?.release();
    return true;
  }

  onEnd(): void {
    this.done(this.bytes);
  }

  onUpgrade(): void {}

  onError(error: Error): void {
    throw error;
  }
}

export function native(origin: string, { path, body }: Workload, leases: boolean): Once {
  const client = new NativeClient({ origin });
  return (done) => {
    const request: UpstreamRequest = {
      method: body === null ? 'GET' : 'POST',
      path,
      headers: [...fields],
      body,
      bodyBytes: 0,
      upgrade: '',
      expectsContinue: false,
      trailers: null,
    };
    client.exchange(request, new Receiver(done, leases));
  };
}
