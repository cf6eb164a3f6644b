import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../peers/peers/peer.ts';

const PACKAGE = 'go.k6.io/k6@v1.8.1';
/** The first that runs TypeScript as it is. */
const MAJOR_MIN = 1;
/** go.mod of k6 asks for it; an older Go from 1.21 on would fetch it. */
const BUILD_TIMEOUT_MS = 600_000;

/** A program, or why there is none. */
export type Found = { program: string } | { missing: string };

/**
 * k6 on PATH, or in the cache folder of the user, or else built there with Go, which takes some minutes once. The
 * folder is outside of the tree: `$XDG_CACHE_HOME/sluice/bin`, by default `~/.cache/sluice/bin`.
 */
export function findK6(env: NodeJS.ProcessEnv, say: (text: string) => void): Found {
  const reasons: string[] = [];
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice/bin');
  for (const program of [findProgram('k6'), join(cache, 'k6')]) {
    if (program === null || !existsSync(program)) continue;
    const version = versionOf(program);
    if (version !== null && majorOf(version) >= MAJOR_MIN) return { program };
    reasons.push(`${program} is ${version ?? 'no k6'}, not ${MAJOR_MIN}.0 or newer`);
  }
  if (reasons.length === 0) reasons.push(`no k6 on PATH or in ${cache}`);
  const go = findProgram('go');
  if (go === null) return { missing: `${reasons.join('; ')}; no Go to build it with` };

  say(`building k6 into ${cache} (go install ${PACKAGE}), once`);
  mkdirSync(cache, { recursive: true });
  const { status, stderr, error } = spawnSync(go, ['install', PACKAGE], {
    env: { ...env, GOBIN: cache },
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS,
  });
  if (status === 0) return { program: join(cache, 'k6') };
  const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return { missing: `${reasons.join('; ')}; go install ${PACKAGE} failed: ${why}` };
}

function versionOf(program: string): string | null {
  const { stdout } = spawnSync(program, ['version'], { encoding: 'utf8' });
  return parseVersion(stdout ?? '');
}

/** The version in what `k6 version` prints: `k6 v1.8.1 (go1.26.8, linux/amd64)`, `k6.exe v0.49.0 (…)`. */
export function parseVersion(printed: string): string | null {
  return /^k6\S* v(\d+\.\d+\.\d+)/m.exec(printed)?.[1] ?? null;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
