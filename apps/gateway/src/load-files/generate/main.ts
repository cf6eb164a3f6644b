import { checkOrWrite } from '../../config/generate/write-files.js';
import { loadConfig } from '../../config/load.js';
import { loadFiles } from '../load-files.js';

// Run from the root of the repository: `make generate` writes, `--check` only says what is out of date. What is
// committed holds the demo configuration to its budgets, whatever the environment says here.
const { config } = loadConfig({ file: 'gateway.demo.yaml', env: {}, cwd: process.cwd() });
checkOrWrite('load/generated', loadFiles(config));
