import type { LoadedConfig } from '../config/load.js';
import type { RouteExtension } from '../config/schema/gateway.schema.js';
import type { SemanticCheck } from '../config/semantics/semantic-check.js';
import type { Explanation, Question } from '../pipeline/explain.js';
import type { CliIo } from './io.js';

/** What the application adds to the command line. */
export interface CliSetup {
  /** Starts the gateway, and resolves with the exit code when it has ended. */
  start(options: StartOptions, io: CliIo): Promise<number>;
  /** Tells what would become of a request, without a server; undefined where there is none to compose. */
  explain?(loaded: LoadedConfig, question: Question): Promise<Explanation>;
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
  readonly method?: string | undefined;
  /** Lines `name: value`. */
  readonly header?: readonly string[] | undefined;
  /** Address that a request comes from. */
  readonly client?: string | undefined;
  readonly traffic?: string | undefined;
  readonly duration?: string | undefined;
  readonly seed?: string | undefined;
  readonly route?: string | undefined;
  readonly keys?: string | undefined;
  readonly 'latency-ms'?: string | undefined;
  readonly failures?: string | undefined;
  readonly json?: boolean | undefined;
}

/** One command, as a pure function of its arguments and its surroundings. */
export interface Command {
  /** How it is called: `check [FILE]`. */
  readonly usage: string;
  readonly summary: string;
  /** True when the file may stand without `--config`. */
  readonly takesFile: boolean;
  /** True for a command that wants one word, which is then no file. */
  readonly takesWord?: boolean;
  /**
   * What it can be asked for, one of which must follow its name (`generate observability`), and the options that go
   * with that one alone.
   */
  readonly subjects?: ReadonlyMap<string, readonly (keyof CommandOptions)[]>;
  /** Options that go with it, whatever it is asked for; others are refused. */
  readonly options?: readonly (keyof CommandOptions)[];
  /** @param word the one that it wants, or the subject that it was asked for; empty for neither */
  run(file: string | undefined, io: CliIo, setup: CliSetup, options: CommandOptions, word: string): Promise<number>;
}
