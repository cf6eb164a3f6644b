import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Pprof from '@datadog/pprof';
import { fromRoot } from '../../peers/peers/peer.ts';

/** Fine enough that a function of 1 % has some hundred samples. */
const CPU_INTERVAL_US = 200;
const HEAP_INTERVAL_BYTES = 16 * 1024;
const HEAP_STACK_DEPTH = 64;

/** What is running, for files: `limiter/one-key` becomes `limiter-one-key`. */
function fileFor(folder: string, name: string, kind: string): string {
  return join(folder, `${name.replaceAll('/', '-')}.${kind}.pb.gz`);
}

/** Runs `work` under the CPU profiler and writes what `go tool pprof` opens. @returns the file */
export async function cpuProfile(folder: string, name: string, work: () => Promise<void>): Promise<string> {
  const { pprof, sourceMapper } = await load();
  pprof.time.start({ intervalMicros: CPU_INTERVAL_US, sourceMapper });
  await work();
  return write(fileFor(folder, name, 'cpu'), await pprof.encode(pprof.time.stop()));
}

/** As cpuProfile, with what was allocated (alloc_space) and what of it is held at the end (inuse_space). */
export async function heapProfile(folder: string, name: string, work: () => Promise<void>): Promise<string> {
  const { pprof, sourceMapper } = await load();
  pprof.heap.start(HEAP_INTERVAL_BYTES, HEAP_STACK_DEPTH, true);
  try {
    await work();
    return write(fileFor(folder, name, 'heap'), await pprof.encode(pprof.heap.profile(undefined, sourceMapper)));
  } finally {
    pprof.heap.stop();
  }
}

function write(file: string, profile: Buffer): string {
  writeFileSync(file, profile);
  return file;
}

async function load(): Promise<{ pprof: typeof Pprof; sourceMapper: Pprof.SourceMapper }> {
  const pprof = await import('@datadog/pprof');
  return { pprof, sourceMapper: await pprof.SourceMapper.create([fromRoot('dist/apps/gateway')]) };
}
