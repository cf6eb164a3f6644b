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
  /** Fields besides those that `wrk` sends by itself. */
  headers?: Record<string, string>;
}

export interface SaturationResult {
  requests: number;
  durationUs: number;
  bytes: number;
  p50Us: number;
  p95Us: number;
  p99Us: number;
  /** Answers with a status from 400 on. */
  refused: number;
  /** Failed connects, reads, writes, and time-outs. */
  errors: number;
}

export async function saturate(load: SaturationLoad): Promise<SaturationResult> {
  const script = load.body === null ? [load.method] : [load.method, load.body.file, load.body.contentType];
  const args = ['-t', '1', '-c', String(load.connections), '-d', `${load.seconds}s`, '--timeout', '10s', '-s', SCRIPT];
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const wrk = [...args, ...headers, load.url, '--', ...script];
  return parseSaturation(await runToEnd(load.core, load.seconds, 'wrk', wrk));
}

export function parseSaturation(output: string): SaturationResult {
  const line = /^SATURATION (.+)$/m.exec(output);
  if (line === null) throw new Error(`wrk gave no summary: ${output.trim()}`);
  return JSON.parse(line[1]) as SaturationResult;
}
