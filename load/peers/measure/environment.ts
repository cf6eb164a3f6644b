import { execFileSync } from 'node:child_process';
import { arch, cpus, release, totalmem } from 'node:os';
import type { Cores } from '../processes/cores.ts';
import { repositoryRoot, versionPrinted, type Peer } from '../peers/peer.ts';

/** What a figure depends on besides the code that was measured. */
export interface Environment {
  node: string;
  kernel: string;
  architecture: string;
  cpuModel: string;
  cpuCount: number;
  memoryBytes: number;
  cores: Cores;
  /** The commit, with `+` when the tree had changes; null outside a checkout. */
  revision: string | null;
  versions: Record<string, string>;
}

export function environment(cores: Cores, peers: readonly Peer[]): Environment {
  return {
    node: process.versions.node,
    kernel: release(),
    architecture: arch(),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
    cores,
    revision: revision(),
    versions: {
      ...Object.fromEntries(peers.map((peer) => [peer.name, peer.version()])),
      wrk: versionPrinted('wrk', '-v'),
      upstream: `nginx ${versionPrinted('nginx', '-v')}`,
    },
  };
}

export function revision(): string | null {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return null;
  }
}
