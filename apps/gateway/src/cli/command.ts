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

/** What the command line says besides the file. */
export interface CommandOptions {
  readonly demo?: boolean | undefined;
  readonly out?: string | undefined;
  readonly target?: string | undefined;
  readonly runbooks?: string | undefined;
}

/** One command, as a pure function of its arguments and its surroundings. */
export interface Command {
  /** How it is called: `check [FILE]`. */
  readonly usage: string;
  readonly summary: string;
  /** True when the file may stand without `--config`. */
  readonly takesFile: boolean;
  /** What it can be asked for, one of which must follow its name: `generate observability`. */
  readonly subjects?: readonly string[];
  /** Options that go with it; others are refused. */
  readonly options?: readonly (keyof CommandOptions)[];
  run(file: string | undefined, io: CliIo, setup: CliSetup, options: CommandOptions): Promise<number>;
}
