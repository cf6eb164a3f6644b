// Prints one digest over everything that the build reads, so that a build is skipped when nothing changed. Contents
// and not times: a checkout touches files that it does not change, and a deleted file leaves no time behind.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const files = ['package-lock.json', 'nest-cli.json', 'tsconfig.json'];
for (const folder of ['apps', 'libs']) {
  if (!existsSync(folder)) continue;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath ?? entry.path, entry.name));
  }
}

const digest = createHash('sha256');
for (const file of files.sort()) {
  digest.update(`${file}\0`).update(readFileSync(file)).update('\0');
}
console.log(digest.digest('hex'));
