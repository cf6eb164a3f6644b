import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateConfigurationPage } from './configuration-page.js';
import { generateJsonSchema } from './json-schema.js';

const FILES: Readonly<Record<string, () => string>> = {
  'config/gateway.schema.json': generateJsonSchema,
  'docs/configuration.md': generateConfigurationPage,
};

/** The files under `root` that are not what the schema gives now. */
export function findStaleFiles(root: string): string[] {
  return Object.entries(FILES)
    .filter(([file, generate]) => read(join(root, file)) !== generate())
    .map(([file]) => file);
}

/** Writes the files that are not up to date, and names them. */
export function writeGeneratedFiles(root: string): string[] {
  const stale = findStaleFiles(root);
  for (const file of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), FILES[file]());
  }
  return stale;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
