import { resolve } from 'node:path';
import { EXIT_CONFIG } from '../config/config-error.js';
import { writeFiles, type TextFile } from '../config/generate/write-files.js';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import { hasBudgets, loadFiles } from '../load-files/load-files.js';
import { localTarget, observabilityFiles, RUNBOOKS_DEFAULT } from '../observability-files/observability-files.js';
import type { Command, CommandOptions } from './command.js';
import { EXIT_OK } from './io.js';
import { loadOrReport } from './load-or-report.js';

interface Subject {
  /** Options that the others have no use for. */
  readonly options: readonly (keyof CommandOptions)[];
  /** Where the files go by default. */
  readonly folder: string;
  /** The files, or why there are none. */
  readonly filesOf: (config: GatewayConfig, options: CommandOptions) => readonly TextFile[] | string;
}

const subjects: Readonly<Record<string, Subject>> = {
  observability: {
    options: ['target', 'runbooks'],
    folder: 'deploy',
    filesOf: (config, { target = localTarget(config), runbooks = RUNBOOKS_DEFAULT }) =>
      observabilityFiles(config, { target, runbooks }),
  },
  load: {
    options: [],
    folder: 'load/generated',
    filesOf: (config) =>
      hasBudgets(config)
        ? loadFiles(config)
        : 'no route has a budget that traffic could be held to: set telemetry.budget, or budget of a route',
  },
};

/** Writes what is made of a configuration. Files that are there already are replaced. */
export const generateCommand: Command = {
  usage: 'generate WHAT',
  summary: 'write what watches (observability) or tries (load) the routes and their budgets',
  takesFile: false,
  subjects: new Map(Object.entries(subjects).map(([name, { options }]) => [name, options])),
  options: ['out'],
  async run(file, io, setup, options, subject) {
    const loaded = loadOrReport(file, io, setup);
    if (typeof loaded === 'number') return loaded;
    const { folder, filesOf } = subjects[subject];
    const { out = folder } = options;
    const files = filesOf(loaded.config, options);
    if (typeof files === 'string') {
      io.stderr.write(`sluice: ${files}\n`);
      return EXIT_CONFIG;
    }
    const written = new Set(writeFiles(resolve(io.cwd, out), files));
    for (const { path } of files) io.stdout.write(`${written.has(path) ? 'wrote' : 'kept '} ${out}/${path}\n`);
    return EXIT_OK;
  },
};
