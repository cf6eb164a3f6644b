import { resolve } from 'node:path';
import { localTarget, observabilityFiles, RUNBOOKS_DEFAULT } from '../observability-files/observability-files.js';
import { writeFiles } from '../observability-files/write-files.js';
import type { Command } from './command.js';
import { EXIT_OK } from './io.js';
import { loadOrReport } from './load-or-report.js';

const FOLDER_DEFAULT = 'deploy';

/** Writes what watches a gateway with this configuration. Files that are there already are replaced. */
export const generateCommand: Command = {
  usage: 'generate observability',
  summary: 'write dashboards, rules and alerts for the routes and their budgets',
  takesFile: false,
  subjects: ['observability'],
  options: ['out', 'target', 'runbooks'],
  async run(file, io, setup, { out = FOLDER_DEFAULT, target, runbooks = RUNBOOKS_DEFAULT }) {
    const loaded = loadOrReport(file, io, setup);
    if (typeof loaded === 'number') return loaded;
    const files = observabilityFiles(loaded.config, { target: target ?? localTarget(loaded.config), runbooks });
    const folder = resolve(io.cwd, out);
    const written = new Set(writeFiles(folder, files));
    for (const { path } of files) io.stdout.write(`${written.has(path) ? 'wrote' : 'kept '} ${out}/${path}\n`);
    return EXIT_OK;
  },
};
