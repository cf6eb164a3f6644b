import { findStaleFiles, writeGeneratedFiles } from './generated-files.js';

// Run from the root of the repository: `make generate` writes, `--check` only says what is out of date.
if (process.argv.includes('--check')) {
  const stale = findStaleFiles(process.cwd());
  if (stale.length > 0) {
    process.stderr.write(`out of date: ${stale.join(', ')}; run \`make generate\` and commit the result\n`);
    process.exitCode = 1;
  }
} else {
  for (const file of writeGeneratedFiles(process.cwd())) process.stdout.write(`wrote ${file}\n`);
}
