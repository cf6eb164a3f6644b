import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a peer is to run, and before what. */
export interface Place {
  /** An empty folder of its own, for configuration and temporary files. */
  folder: string;
  /** A folder that lasts as long as the run and is common to all that is started. */
  runFolder: string;
  port: number;
  upstreamPort: number;
}

/** What to execute. The caller pins it, logs it and ends it. */
export interface PeerCommand {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** A proxy to measure: one process, one worker, keep-alive to the upstream, no access log, no policies. */
export interface Peer {
  name: string;
  /** The Debian package that brings it, when there is one. */
  debianPackage?: string;
  /** Why it cannot run here, or null. */
  missing(): string | null;
  version(): string;
  command(place: Place): PeerCommand;
}

export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** A file of this repository, from its path below the root. */
export function fromRoot(...path: string[]): string {
  return join(repositoryRoot, ...path);
}

/** The full path of a program, or null. Debian keeps daemons in directories that a user's PATH often lacks. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | null {
  const folders = [...path.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

export function missingProgram(name: string): string | null {
  return findProgram(name) === null ? `no ${name} on PATH` : null;
}

/** The first version number that a program prints, on either stream. */
export function versionPrinted(name: string, ...args: string[]): string {
  const path = findProgram(name);
  if (path === null) return 'absent';
  // Some print it on the error stream, some exit with 1 after it.
  const { stdout, stderr } = spawnSync(path, args, { encoding: 'utf8' });
  return /\d+\.\d+(\.\d+)?[^\s,]*/.exec(stdout + stderr)?.[0] ?? 'unknown';
}
