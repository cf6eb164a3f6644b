import { loadConfig } from '../../config/load.js';
import { observabilityFiles, RUNBOOKS_DEFAULT } from '../observability-files.js';
import { staleFiles, writeFiles } from '../write-files.js';

// Run from the root of the repository: `make generate` writes, `--check` only says what is out of date. What is
// committed watches the demo configuration as docker-compose.yml starts it, whatever the environment says here.
const FOLDER = 'deploy';
const TARGET = 'gateway:9102';

const { config } = loadConfig({ file: 'gateway.demo.yaml', env: {}, cwd: process.cwd() });
const files = observabilityFiles(config, { target: TARGET, runbooks: RUNBOOKS_DEFAULT });
if (process.argv.includes('--check')) {
  const stale = staleFiles(FOLDER, files);
  if (stale.length > 0) {
    const names = stale.map(({ path }) => `${FOLDER}/${path}`);
    process.stderr.write(`out of date: ${names.join(', ')}; run \`make generate\` and commit the result\n`);
    process.exitCode = 1;
  }
} else {
  for (const path of writeFiles(FOLDER, files)) process.stdout.write(`wrote ${FOLDER}/${path}\n`);
}
