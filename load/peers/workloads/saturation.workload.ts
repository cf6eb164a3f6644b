import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { saturatedRun, type Request } from '../measure/saturated-run.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import { withPeers, type RunningPeer } from '../running-peer.ts';
import { LARGE_BYTES, patterned, SMALL_BYTES } from '../upstream/nginx-upstream.ts';
import { saturationNotes } from './notes.ts';
import { inTurns } from './in-turns.ts';
import type { Column, Row, Workload, WorkloadResult } from './workload.ts';

/** Long enough for V8 to have optimised what is hot. */
const WARM_UP_SECONDS = 3;
const SMALL_CONNECTIONS = 64;
/** Fewer than for small replies: the megabytes under way have to fit in the caches for anything to be compared. */
const LARGE_CONNECTIONS = 16;
const MIB = 1024 * 1024;

export const saturationColumns: Column[] = [
  { metric: 'cpuUsPerRequest', title: 'CPU us/req', digits: 1, withSpread: true },
  { metric: 'requestsPerSecond', title: 'req/s', digits: 0 },
  { metric: 'p50Ms', title: 'p50 ms', digits: 2 },
  { metric: 'p95Ms', title: 'p95 ms', digits: 2 },
  { metric: 'p99Ms', title: 'p99 ms', digits: 2 },
  { metric: 'rssPeakBytes', title: 'RSS peak MiB', digits: 0, divideBy: MIB },
  { metric: 'rssEndBytes', title: 'end', digits: 0, divideBy: MIB },
  { metric: 'peerBusyPercent', title: 'core busy %', digits: 0 },
  { metric: 'othersBusyPercent', title: 'others %', digits: 1 },
  { metric: 'errorsCount', title: 'errors', digits: 0 },
];

export const get1k = saturation('get-1k', 'GET, 1 KiB answer', () => smallGet());
export const get1m = saturation('get-1m', 'GET, 1 MiB answer', () => get('/1m', LARGE_CONNECTIONS));
export const post1k = saturation('post-1k', 'POST, 1 KiB of JSON', (bench) => ({
  ...upload(bench, 'POST', jsonOf(SMALL_BYTES), 'application/json'),
  connections: SMALL_CONNECTIONS,
}));
export const put1m = saturation('put-1m', 'PUT, 1 MiB', (bench) => ({
  ...upload(bench, 'PUT', patterned(LARGE_BYTES), 'application/octet-stream'),
  connections: LARGE_CONNECTIONS,
}));

function saturation(name: string, title: string, requestFor: (bench: Bench) => Request): Workload {
  return {
    name,
    async run(bench, peers) {
      const request = requestFor(bench);
      const rows = await withPeers(bench, peers, async (running) => {
        for (const peer of running) await warmUp(bench, peer, request);
        const measure = (peer: RunningPeer) => undisturbed(() => saturatedRun(bench, peer, request));
        return inTurns(bench, { workload: name, metric: 'cpuUsPerRequest' }, running, measure);
      });
      return summary(name, `${title}, ${request.connections} keep-alive connections as fast as they go`, rows);
    },
  };
}

/** Saturates a peer for a while, for nothing but its JIT and its pools. */
export async function warmUp(bench: Bench, peer: RunningPeer, request = smallGet()): Promise<void> {
  await saturatedRun({ ...bench, seconds: WARM_UP_SECONDS }, peer, request);
}

export function smallGet(path = '/1k'): Request {
  return get(path, SMALL_CONNECTIONS);
}

function summary(workload: string, description: string, rows: Row[]): WorkloadResult {
  const ratios = { metric: 'cpuUsPerRequest', against: ['floor', 'caddy'] };
  return { workload, description, columns: saturationColumns, ratios, rows, notes: saturationNotes(rows) };
}

function get(path: string, connections: number): Request {
  return { method: 'GET', path, body: null, connections };
}

function upload(bench: Bench, method: string, content: string, contentType: string): Omit<Request, 'connections'> {
  const file = join(bench.folder, `${method}-body`);
  writeFileSync(file, content);
  return { method, path: '/sink', body: { file, contentType } };
}

function jsonOf(bytes: number): string {
  const [head, tail] = ['{"text":"', '"}'];
  return head + patterned(bytes - head.length - tail.length) + tail;
}
