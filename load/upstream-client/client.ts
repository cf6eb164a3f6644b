/**
 * One client under one workload, in a process of its own, so that what it costs is what the process costs.
 *
 * Usage: node client.ts CLIENT WORKLOAD ORIGIN MILLISECONDS; prints requests and CPU microseconds as JSON.
 */
import { native } from './clients/native.ts';
import { nodeRequest, undiciDispatch, undiciRequest } from './clients/others.ts';
import { workloads, type Once } from './clients/workload.ts';

const [client, workload, origin, milliseconds] = process.argv.slice(2);
const { concurrency, bytes } = workloads[workload];

const clients: Readonly<Record<string, () => Once>> = {
  native: () => native(origin, workloads[workload], false),
  'native-leased': () => native(origin, workloads[workload], true),
  'undici-dispatch': () => undiciDispatch(origin, workloads[workload]),
  'undici-request': () => undiciRequest(origin, workloads[workload]),
  'http-request': () => nodeRequest(origin, workloads[workload]),
};
const once = clients[client]();

let requests = 0;
let running = 0;
let until = 0;

function next(finished: () => void): void {
  running++;
  once((got) => {
    if (got !== bytes) throw new Error(`${client} got ${got} bytes of ${bytes}`);
    requests++;
    running--;
    if (performance.now() < until) next(finished);
    else if (running === 0) finished();
  });
}

function run(forMs: number): Promise<void> {
  until = performance.now() + forMs;
  return new Promise((finished) => {
    for (let i = 0; i < concurrency; i++) next(finished);
  });
}

await run(Number(milliseconds) / 2);
requests = 0;
const before = process.cpuUsage();
await run(Number(milliseconds));
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ requests, cpuUs: user + system, rssMb: process.memoryUsage.rss() / 1_048_576 }));
process.exit(0);
