import { fileURLToPath } from 'node:url';
import { runToEnd } from '../processes/run-to-end.ts';

const SCRIPT = fileURLToPath(new URL('saturation.lua', import.meta.url));

/** What `wrk` does: the same request over `connections` keep-alive connections, each as fast as it is answered. */
export interface SaturationLoad {
  url: string;
  connections: number;
  seconds: number;
  core: number | null;
  method: string;
  body: { file: string; contentType: string } | null;
}

export interface SaturationResult {
  requests: number;
  durationUs: number;
  bytes: number;
  p50Us: number;
  p95Us: number;
  p99Us: number;
  /** Failed connects, reads, writes, statuses from 400 on, and time-outs. */
  errors: number;
}

export async function saturate(load: SaturationLoad): Promise<SaturationResult> {
  const script = load.body === null ? [load.method] : [load.method, load.body.file, load.body.contentType];
  const args = ['-t', '1', '-c', String(load.connections), '-d', `${load.seconds}s`, '--timeout', '10s', '-s', SCRIPT];
  return parseSaturation(await runToEnd(load.core, load.seconds, 'wrk', [...args, load.url, '--', ...script]));
}

export function parseSaturation(output: string): SaturationResult {
  const line = /^SATURATION (.+)$/m.exec(output);
  if (line === null) throw new Error(`wrk gave no summary: ${output.trim()}`);
  return JSON.parse(line[1]) as SaturationResult;
}
