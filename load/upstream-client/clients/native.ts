import { fields, type Once, type Workload } from './workload.ts';

interface Lease {
  release(): void;
}

/** What is used here of the library's interface. */
interface Library {
  NativeClient: new (options: { origin: string }) => { exchange(request: object, handler: Receiver): unknown };
}

// Compiled by main.ts, since Node does not strip all that the library's sources hold.
const built = new URL('../../../dist/libs/upstream-client/index.js', import.meta.url).href;
const { NativeClient } = (await import(built)) as Library;

class Receiver {
  bytes = 0;
  readonly leasesChunks: boolean;
  readonly done: (bytes: number) => void;

  constructor(done: (bytes: number) => void, leases: boolean) {
    this.done = done;
    this.leasesChunks = leases;
  }

  onInformation(): void {}

  onHead(): void {}

  onData(chunk: Uint8Array, lease?: Lease | null): boolean {
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
    const request = {
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
