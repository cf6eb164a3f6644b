import { startGateway } from './start/start-gateway.js';

process.exit(await startGateway());
