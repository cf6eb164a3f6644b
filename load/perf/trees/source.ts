import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CannotMeasure } from '../cannot-measure.ts';
import { git } from './git.ts';

/** What is to be built, as a tree in git's store: two sources with the same files are the same tree, and built once. */
export interface Source {
  /** The repository that holds it. */
  repository: string;
  tree: string;
  /** What reports call it, such as `origin/main (1a2b3c4)`. */
  label: string;
}

/** The files of a commit. Throws when the repository has no such commit. */
export function sourceOfRef(repository: string, ref: string): Source {
  // What begins with a dash would be an option.
  const commit = ref.startsWith('-') ? null : git(repository, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  if (commit === null) {
    throw new CannotMeasure(`no commit is called '${ref}' here (a shallow clone? \`git fetch --unshallow\`)`);
  }
  const short = commit.slice(0, 10);
  return {
    repository,
    tree: demanded(git(repository, ['rev-parse', `${commit}^{tree}`]), `the tree of ${ref}`),
    label: commit.startsWith(ref) ? short : `${ref} (${short})`,
  };
}

/** The files of a working tree as they are now, changes and new files too, but for those that git ignores. */
export function sourceOfFolder(folder: string): Source {
  const head = git(folder, ['rev-parse', '--short=10', 'HEAD']);
  if (head === null) throw new CannotMeasure(`${folder} is no checkout of git, or has no commit`);
  const changed = git(folder, ['status', '--porcelain']) !== '';
  const tree = withIndex(folder, (env) => {
    demanded(git(folder, ['read-tree', 'HEAD'], env), 'HEAD');
    demanded(git(folder, ['add', '--all'], env), 'the working tree');
    return git(folder, ['write-tree'], env);
  });
  return { repository: folder, tree, label: changed ? `${head} + uncommitted changes` : head };
}

/** A source with a patch applied to it, as `git diff` writes one. No working tree is touched. */
export function patched(source: Source, patchFile: string): Source {
  if (!existsSync(patchFile)) throw new CannotMeasure(`no file ${patchFile}`);
  const { repository } = source;
  const tree = withIndex(
    repository,
    (env) => {
      demanded(git(repository, ['read-tree', source.tree], env), source.label);
      const applied = git(repository, ['apply', '--cached', '--whitespace=nowarn', resolve(patchFile)], env);
      return applied === null ? null : git(repository, ['write-tree'], env);
    },
    `${patchFile} does not apply to ${source.label}`,
  );
  return { repository, tree, label: `${source.label} + ${patchFile}` };
}

/** Works on an index of its own: that of the user stays as it is. */
function withIndex(
  repository: string,
  work: (env: Record<string, string>) => string | null,
  failure = `git could not write the files of ${repository} as a tree`,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-perf-index-'));
  try {
    const tree = work({ GIT_INDEX_FILE: join(folder, 'index') });
    if (tree === null) throw new CannotMeasure(failure);
    return tree;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function demanded(answer: string | null, what: string): string {
  if (answer === null) throw new CannotMeasure(`git cannot read ${what}`);
  return answer;
}
