import { readFileSync, writeFileSync } from 'node:fs';
import { consoleFiles } from './console-files.js';

// Run from the root of the repository: `make generate` writes, `--check` only says what is out of date.
const FILE = 'apps/gateway/src/control/console/files.generated.ts';

const text = consoleFiles('apps/gateway/src/control/console/assets');
if (read() !== text) {
  if (process.argv.includes('--check')) {
    process.stderr.write(`out of date: ${FILE}; run \`make generate\` and commit the result\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(FILE, text);
    process.stdout.write(`wrote ${FILE}\n`);
  }
}

function read(): string | null {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return null;
  }
}
