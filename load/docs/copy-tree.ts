import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repositoryRoot } from '../peers/peers/peer.ts';

/** What a copy has no use for, or has a link to. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'coverage', 'load/results']);

/** Copies the tree as it is, uncommitted changes included, so that whatever runs there leaves the tree alone. */
export function copyTree(folder: string): void {
  cpSync(repositoryRoot, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !LEFT_OUT.has(relative(repositoryRoot, source)),
  });
  const packages = join(repositoryRoot, 'node_modules');
  if (existsSync(packages)) symlinkSync(packages, join(folder, 'node_modules'));
}
