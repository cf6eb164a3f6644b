import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** Absolute path of the repository. */
export const repository = join(import.meta.dirname, '..', '..');

const options = await extractOptions(join(repository, '.dependency-cruiser.js'));

/** Names of all rules that the repository's configuration forbids something by. */
export const ruleNames = (options.ruleSet?.forbidden ?? []).map((rule) => rule.name ?? 'unnamed');

export interface CruisedTree {
  /** One line per violation: `rule: importer -> imported`, sorted, each once; paths shortened as `short` does. */
  readonly violations: readonly string[];
  readonly modulesCount: number;
}

const short = (path: string): string =>
  path.replace(/^apps\/gateway\/src\//, 'gateway/').replace(/^.*node_modules\/((@[^/]+\/)?[^/]+)\/.*$/, 'package $1');

/** Holds the source files below `baseDir` against the repository's import rules. */
export async function cruiseTree(baseDir: string): Promise<CruisedTree> {
  const folders = ['apps', 'libs', 'examples', 'load', 'test'].filter((folder) => existsSync(join(baseDir, folder)));
  const tsConfig = extractTSConfig(join(repository, 'tsconfig.json'));
  const { output } = await cruise(folders, { ...options, baseDir, validate: true }, undefined, { tsConfig });
  const { summary } = output as ICruiseResult;
  const violations = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${short(from)} -> ${short(to)}`);
  return { violations: [...new Set(violations)].toSorted(), modulesCount: summary.totalCruised };
}
