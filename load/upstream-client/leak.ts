/**
 * Whether the client holds on to anything: small and large bodies, leased and not, now and then aborted, for as long as
 * is asked, before the server of the bench. What is held is printed each tenth of the time, after a collection; it fails
 * when the last tenths hold 16 MiB more than the first.
 *
 * Usage: node --expose-gc load/upstream-client/leak.ts [MINUTES]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fields } from './clients/workload.ts';

const GROWTH_BYTES_MAX = 16 * 1_048_576;
const AT_A_TIME = 32;
const here = import.meta.dirname;

interface Running {
  abort(): void;
}

interface Client {
  exchange(request: object, handler: object): Running;
  stats(): { exchanges: number; reuseRatio: number; open: number; largeBuffersOut: number };
}

const forMs = Number(process.argv[2] ?? 30) * 60_000;
execFileSync('tsc', ['-p', `${here}/../../libs/upstream-client/tsconfig.lib.json`], { stdio: 'inherit' });
const built = new URL('../../dist/libs/upstream-client/index.js', import.meta.url).href;
const { NativeClient } = (await import(built)) as { NativeClient: new (options: { origin: string }) => Client };
const server = spawn(process.execPath, [`${here}/server.ts`], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
const [port] = (await once(server.stdout!, 'data')) as [Buffer];
const client = new NativeClient({ origin: `http://127.0.0.1:${String(port).trim()}` });
const until = performance.now() + forMs;
let count = 0;

function next(): void {
  if (performance.now() > until) return;
  const nth = count++;
  const large = nth % 50 === 0;
  const request = { method: 'GET', path: large ? '/1m' : '/1k', headers: [...fields], body: null, bodyBytes: 0 };
  const running = client.exchange(
    { ...request, upgrade: '', expectsContinue: false, trailers: null },
    {
      leasesChunks: nth % 100 === 0,
      onInformation: () => undefined,
      onHead: () => {
        if (nth % 97 !== 0) return;
        running.abort();
        next();
      },
      onData: (_: Uint8Array, lease: { release(): void } | null) => {
        // Later, as a receiver would.
        if (lease !== null) setImmediate(() => lease.release());
        return true;
      },
      onEnd: next,
      onUpgrade: () => undefined,
      onError: (error: Error) => {
        throw error;
      },
    },
  );
}

for (let i = 0; i < AT_A_TIME; i++) next();
const held: number[] = [];
for (let tenth = 1; tenth <= 10; tenth++) {
  await new Promise((resolve) => setTimeout(resolve, forMs / 10));
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  held.push(heapUsed + arrayBuffers);
  const mb = [rss, heapUsed, arrayBuffers].map((bytes) => Math.round(bytes / 1_048_576));
  const { exchanges, reuseRatio, open, largeBuffersOut } = client.stats();
  console.log(
    `${exchanges} exchanges, reused ${reuseRatio.toFixed(3)}, ${open} open, ${largeBuffersOut} large buffers out; ` +
      `RSS ${mb[0]}, heap ${mb[1]}, buffers ${mb[2]} MB`,
  );
}
server.disconnect();
// Buffers are freed some time after they were collected: the least of several looks is what is really held.
const growth = Math.min(...held.slice(7)) - Math.min(...held.slice(1, 4));
process.exit(growth > GROWTH_BYTES_MAX ? 1 : 0);
