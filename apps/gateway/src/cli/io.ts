import type { Environment } from '../config/source/variables.js';

/** What a command may touch of its process; tests give it their own. */
export interface CliIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Environment;
  readonly cwd: string;
}

export const EXIT_OK = 0;
/** The command line is wrong (EX_USAGE of sysexits.h). */
export const EXIT_USAGE = 64;
