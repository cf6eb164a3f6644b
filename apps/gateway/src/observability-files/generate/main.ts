import { checkOrWrite } from '../../config/generate/write-files.js';
import { loadConfig } from '../../config/load.js';
import { observabilityFiles, RUNBOOKS_DEFAULT } from '../observability-files.js';

// Run from the root of the repository: `make generate` writes, `--check` only says what is out of date. What is
// committed watches the demo configuration as docker-compose.yml starts it, whatever the environment says here.
const TARGET = 'gateway:9102';

const { config } = loadConfig({ file: 'gateway.demo.yaml', env: {}, cwd: process.cwd() });
checkOrWrite('deploy', observabilityFiles(config, { target: TARGET, runbooks: RUNBOOKS_DEFAULT }));
