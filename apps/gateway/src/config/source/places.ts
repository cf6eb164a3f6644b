import { parentOf } from '../config-path.js';
import type { ConfigProblem } from '../config-error.js';

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where each value of a configuration comes from: a place in the file, or an environment variable. */
export class Places {
  private readonly inFile = new Map<string, Place>();
  private readonly overrides = new Map<string, string>();
  private readonly expansions = new Map<string, readonly string[]>();
  private lowerCase: Map<string, Place> | null = null;

  /** The first place counts: what stands inside of a secret has the path of the secret. */
  setPlace(path: string, place: Place): void {
    if (!this.inFile.has(path)) this.inFile.set(path, place);
  }

  /** The environment variable `variable` overrode the value at `path`. */
  setOverride(path: string, variable: string): void {
    this.overrides.set(path, variable);
  }

  /** The value at `path` was written with `${…}` of these variables. */
  setExpansion(path: string, variables: readonly string[]): void {
    this.expansions.set(path, variables);
  }

  /** Adds what is known of the place; of something missing, the place is that of what should hold it. */
  locate(problem: ConfigProblem): ConfigProblem {
    if (problem.line !== undefined) return problem;
    const variable = this.overrides.get(problem.path);
    if (variable !== undefined) return { ...problem, variable };
    const variables = this.expansions.get(problem.path) ?? [];
    const from = variables.length > 0 ? ` (from ${variables.map((name) => `\${${name}}`).join(', ')})` : '';
    return { ...problem, message: problem.message + from, ...this.find(problem.path) };
  }

  private find(path: string): Place | undefined {
    for (let at: string | null = path; at !== null; at = parentOf(at)) {
      const place = this.inFile.get(at) ?? this.findLowerCase(at);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** Checks that run on the parsed configuration see field names in lower case, however they were written. */
  private findLowerCase(path: string): Place | undefined {
    this.lowerCase ??= new Map([...this.inFile].map(([written, place]) => [written.toLowerCase(), place]));
    return this.lowerCase.get(path.toLowerCase());
  }
}
