/** Exit code of a process whose configuration is wrong (EX_CONFIG of sysexits.h). */
export const EXIT_CONFIG = 78;

/** One mistake in a configuration. */
export interface ConfigProblem {
  /** Where it is: `routes[2].upstream`; empty for the configuration as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it, often the nearest valid name. */
  readonly hint?: string;
  /** Place in the file, from 1. Absent when the value does not come from a file. */
  readonly line?: number;
  readonly column?: number;
  /** The environment variable that overrode the value. */
  readonly variable?: string;
}

const SHOWN_MAX = 200;
const PATH_LENGTH_MAX = 120;

/** All mistakes of a configuration at once. Recognise it by `code`; the values of secrets are never part of it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';

  /** @param file name of the file as the user knows it; null for a configuration given as an object */
  constructor(
    readonly problems: readonly ConfigProblem[],
    readonly file: string | null,
  ) {
    super('');
    this.message = this.format();
  }

  static is(error: unknown): error is ConfigError {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'CONFIG_INVALID';
  }

  /** One line per problem: `gateway.yaml:14:7 routes[1].upstrem: unknown key; did you mean "upstream"?` */
  format(): string {
    return formatProblems(this.problems, this.file);
  }
}

export function formatProblems(problems: readonly ConfigProblem[], file: string | null): string {
  const lines = problems.slice(0, SHOWN_MAX).map((problem) => formatProblem(problem, file));
  if (problems.length > SHOWN_MAX) lines.push(`and ${problems.length - SHOWN_MAX} more`);
  return lines.join('\n');
}

function formatProblem({ path, message, hint, line, column, variable }: ConfigProblem, file: string | null): string {
  const text = hint === undefined ? message : `${message}; ${hint}`;
  if (variable !== undefined) return `${variable} (${path}): ${text}`;
  const shown = path.length > PATH_LENGTH_MAX ? `${path.slice(0, PATH_LENGTH_MAX)}…` : path;
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  const where = [place, shown].filter((part) => part !== null && part !== '').join(' ');
  return where === '' ? text : `${where}: ${text}`;
}
