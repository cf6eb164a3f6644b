import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Source } from '../perf/trees/source.ts';
import { git } from '../perf/trees/git.ts';
import type { SelfTest } from './self-test-report.ts';

/** What decides how a self-test ends: what is measured, and what measures. Pages may change meanwhile. */
const DECIDING = ['apps', 'libs', 'package-lock.json', 'load/perf', 'load/bench', 'load/mutants', 'load/peers'];

/** A name for everything of a tree that decides how a self-test ends. */
export function decidingTree({ repository, tree }: Source): string {
  const parts = DECIDING.map((path) => git(repository, ['rev-parse', `${tree}:${path}`]) ?? '');
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

/** What an earlier run has found, when it was about the same tree; null otherwise. */
export function keptResults(file: string, tree: string): SelfTest | null {
  let kept: SelfTest;
  try {
    kept = JSON.parse(readFileSync(file, 'utf8'), reviveInfinity) as SelfTest;
  } catch {
    return null;
  }
  return kept.tree === tree ? kept : null;
}

/** JSON knows no infinity, which an interval of few pairs has. */
export function toJson(result: SelfTest): string {
  return `${JSON.stringify(result, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value), 2)}\n`;
}

function reviveInfinity(_: string, value: unknown): unknown {
  return value === 'Infinity' || value === '-Infinity' ? Number(value) : value;
}
