import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version in the package.json that this file was installed with. */
export function readVersion(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const version = versionIn(join(folder, 'package.json'));
    if (version !== null) return version;
    if (folder === dirname(folder)) return 'unknown';
  }
}

function versionIn(file: string): string | null {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown; version?: unknown };
    return name === 'sluice' && typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
