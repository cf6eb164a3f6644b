import { ConfigError, EXIT_CONFIG } from '../config/config-error.js';
import { loadConfig, type LoadedConfig } from '../config/load.js';
import type { CliSetup } from './command.js';
import type { CliIo } from './io.js';

/** The configuration, or the exit code after its mistakes were written to stderr. */
export function loadOrReport(file: string | undefined, io: CliIo, setup: CliSetup): LoadedConfig | number {
  const { extensions, checks } = setup;
  try {
    return loadConfig({ file, env: io.env, cwd: io.cwd, extensions, checks });
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    io.stderr.write(`${error.format()}\n`);
    return EXIT_CONFIG;
  }
}

/** The file as it is shown: from the working directory when it lies below. */
export function displayName({ file }: LoadedConfig, { cwd }: CliIo): string | null {
  return file !== null && file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file;
}
