import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file that is made from a configuration. */
export interface TextFile {
  /** Below the folder that is written to. */
  readonly path: string;
  readonly text: string;
}

function staleFiles(folder: string, files: readonly TextFile[]): TextFile[] {
  return files.filter(({ path, text }) => read(join(folder, path)) !== text);
}

/** Writes what is stale. @returns the paths that were written, below the folder */
export function writeFiles(folder: string, files: readonly TextFile[]): string[] {
  return staleFiles(folder, files).map(({ path, text }) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return path;
  });
}

/** `--check` names what is stale and fails; without it, what is stale is written. For a generator's main.ts. */
export function checkOrWrite(folder: string, files: readonly TextFile[]): void {
  if (!process.argv.includes('--check')) {
    for (const path of writeFiles(folder, files)) process.stdout.write(`wrote ${folder}/${path}\n`);
    return;
  }
  const stale = staleFiles(folder, files);
  if (stale.length === 0) return;
  const names = stale.map(({ path }) => `${folder}/${path}`);
  process.stderr.write(`out of date: ${names.join(', ')}; run \`make generate\` and commit the result\n`);
  process.exitCode = 1;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
