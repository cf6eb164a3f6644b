import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generateProblemsPage } from './problems-page.js';

// Run from the root of the repository: `make generate` writes, `--check` only says what is out of date.
const FILE = 'docs/problems.md';

const page = generateProblemsPage();
if (read() !== page) {
  if (process.argv.includes('--check')) {
    process.stderr.write(`out of date: ${FILE}; run \`make generate\` and commit the result\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, page);
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
