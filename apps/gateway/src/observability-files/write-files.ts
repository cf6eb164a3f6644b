import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ObservabilityFile } from './observability-files.js';

/** Those files below a folder that are not what they would be now. */
export function staleFiles(folder: string, files: readonly ObservabilityFile[]): ObservabilityFile[] {
  return files.filter(({ path, text }) => read(join(folder, path)) !== text);
}

/** Writes what is stale. @returns the paths that were written, below the folder */
export function writeFiles(folder: string, files: readonly ObservabilityFile[]): string[] {
  return staleFiles(folder, files).map(({ path, text }) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return path;
  });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
