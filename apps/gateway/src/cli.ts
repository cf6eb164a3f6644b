#!/usr/bin/env node
import { configChecks } from './config-checks.js';
import { runCli } from './cli/run-cli.js';

process.exit(
  await runCli(
    process.argv.slice(2),
    { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() },
    {
      // Loaded on demand: `sluice check` has no need of a server.
      checks: configChecks,
      explain: async (loaded, question) =>
        (await import('./start/explain-offline.js')).explainOffline(loaded, question),
      start: async (options) => (await import('./start/start-gateway.js')).startGateway(options),
    },
  ),
);
