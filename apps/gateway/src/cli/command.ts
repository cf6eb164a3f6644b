import type { RouteExtension } from '../config/schema/gateway.schema.js';
import type { SemanticCheck } from '../config/semantics/semantic-check.js';
import type { CliIo } from './io.js';

/** What the application adds to the command line. */
export interface CliSetup {
  /** Starts the gateway, and resolves with the exit code when it has ended. */
  start(options: StartOptions, io: CliIo): Promise<number>;
  /** Keys that custom stages add to routes. */
  readonly extensions?: readonly RouteExtension[];
  /** Checks of the configuration beside the built-in ones. */
  readonly checks?: readonly SemanticCheck[];
}

export interface StartOptions {
  /** The file of `--config`; undefined leaves the choice to the environment. */
  readonly file: string | undefined;
  /** Start the demo services first. */
  readonly demo: boolean;
}

/** One command, as a pure function of its arguments and its surroundings. */
export interface Command {
  /** How it is called: `check [FILE]`. */
  readonly usage: string;
  readonly summary: string;
  /** True when the file may stand without `--config`. */
  readonly takesFile: boolean;
  run(file: string | undefined, io: CliIo, setup: CliSetup, demo: boolean): Promise<number>;
}
