import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import type { Peer, PeerCommand, Place } from './peers/peer.ts';
import { start, stop } from './processes/children.ts';
import { firstAnswer } from './processes/first-answer.ts';
import { freePort } from './processes/port.ts';

const START_TIMEOUT_MS = 15_000;

/** A peer that answers. */
export interface RunningPeer {
  name: string;
  port: number;
  pid: number;
  /** From spawn to the first 200. */
  firstAnswerMs: number;
  stop(): Promise<void>;
}

export interface Variant {
  name: string;
  command(place: Place): PeerCommand;
  /** Asked for until it answers 200. */
  readyPath?: string;
  readyHeaders?: Record<string, string>;
}

/** Starts a peer, or a variant of one, on the peer's core, and waits until it answers. */
export async function startPeer(bench: Bench, peer: Peer | Variant): Promise<RunningPeer> {
  mkdirSync(bench.folder, { recursive: true });
  const folder = mkdtempSync(join(bench.folder, `${peer.name}-`));
  const port = await freePort();
  const logFile = join(folder, 'output.log');
  const command = peer.command({ folder, runFolder: bench.folder, port, upstreamPort: bench.upstreamPort });
  const startedAt = performance.now();
  const child = start({ ...command, core: bench.cores.peer, logFile });
  const { readyPath: path = '/1k', readyHeaders: headers }: Partial<Variant> = peer;
  try {
    await firstAnswer({ child, port, path, headers, logFile, timeoutMs: START_TIMEOUT_MS });
  } catch (error) {
    await stop(child);
    throw new Error(`${peer.name} ${(error as Error).message}`, { cause: error });
  }
  const firstAnswerMs = performance.now() - startedAt;
  return { name: peer.name, port, pid: child.pid!, firstAnswerMs, stop: () => stop(child) };
}

/** Starts several, runs `work` with them, and ends them whatever came of it. */
export async function withPeers<T>(
  bench: Bench,
  peers: readonly (Peer | Variant)[],
  work: (running: RunningPeer[]) => Promise<T>,
): Promise<T> {
  const running: RunningPeer[] = [];
  try {
    for (const peer of peers) running.push(await startPeer(bench, peer));
    return await work(running);
  } finally {
    await Promise.all(running.map((peer) => peer.stop()));
  }
}
