import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedCores, assignCores, pinSelf, type Cores } from './processes/cores.ts';
import { endChildrenOnExit, start } from './processes/children.ts';
import { freePort } from './processes/port.ts';
import { firstAnswer } from './processes/first-answer.ts';
import { findProgram, fromRoot } from './peers/peer.ts';
import { writeUpstreamConfig } from './upstream/nginx-upstream.ts';

/** What every workload gets: a place for files, cores, and the upstream that is up. */
export interface Bench {
  folder: string;
  cores: Cores;
  upstreamPort: number;
  rounds: number;
  seconds: number;
  progress(text: string): void;
}

const UPSTREAM_START_TIMEOUT_MS = 5_000;

/** Makes the temporary folder, starts the upstream, and sees to it that nothing of either is left at the end. */
export async function openBench(rounds: number, seconds: number): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-peers-'));
  endChildrenOnExit(() => rmSync(folder, { recursive: true, force: true }));
  const cores = assignCores(allowedCores());
  pinSelf(cores.load);
  const upstreamPort = await startUpstream(folder, cores);
  return { folder, cores, upstreamPort, rounds, seconds, progress: (text) => process.stderr.write(`${text}\n`) };
}

async function startUpstream(parent: string, cores: Cores): Promise<number> {
  const folder = join(parent, 'upstream');
  mkdirSync(folder);
  const [port, slowPort] = [await freePort(), await freePort()];
  const config = writeUpstreamConfig(folder, port, slowPort);
  const logFile = join(folder, 'upstream.log');
  const nginx = findProgram('nginx')!;
  start({
    command: process.execPath,
    args: [fromRoot('load/peers/upstream/slow-upstream.ts'), String(slowPort)],
    core: cores.upstream,
    logFile,
  });
  const args = ['-p', folder, '-e', join(folder, 'upstream-error.log'), '-c', config];
  const upstream = start({ command: nginx, args, core: cores.upstream, logFile });
  await firstAnswer({ child: upstream, port, path: '/node/hash', logFile, timeoutMs: UPSTREAM_START_TIMEOUT_MS });
  return port;
}
