import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ENTRY } from '../../peers/peers/gateway.peer.ts';
import { fromRoot } from '../../peers/peers/peer.ts';
import { CannotMeasure } from '../cannot-measure.ts';
import { firstCompilerError } from './compiler-error.ts';
import { git } from './git.ts';
import { runStep } from './run-step.ts';
import type { Source } from './source.ts';

/** A build that can be run and measured. */
export interface BuiltTree {
  label: string;
  /** git's name of its files. */
  tree: string;
  /** Holds `dist`, `package.json` and a link to `node_modules`. */
  folder: string;
}

/** What a build keeps: what runs, without its sources. */
const KEPT = new Set(['dist', 'package.json']);
/** A build is about 5 MB; a base and its heads are used for some days. */
const BUILDS_KEPT = 40;
const LOCK = 'package-lock.json';

const silent: (text: string) => void = () => {};

/** `$XDG_CACHE_HOME/sluice/perf`, by default `~/.cache/sluice/perf`. */
function defaultCache(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice/perf');
}

/**
 * Builds a source with its own `npm run build`, in a folder of its own: nothing of the working tree is touched. What was
 * built before is used again. Packages are this repository's where package-lock.json is the same, else installed once.
 *
 * Throws, with the compiler's first error, when it does not build.
 */
export async function buildTree(source: Source, { cache = defaultCache(), say = silent } = {}): Promise<BuiltTree> {
  mkdirSync(cache, { recursive: true });
  const built: BuiltTree = { label: source.label, tree: source.tree, folder: join(cache, `build-${source.tree}`) };
  if (!existsSync(join(built.folder, ENTRY))) {
    say(`building ${source.label}`);
    await buildInto(built.folder, source, cache, say);
  }
  // Anew each time: the checkout that it was built from may be gone.
  linkPackages(built.folder, await packagesFor(source, cache, say));
  utimesSync(built.folder, new Date(), new Date());
  dropOld(cache);
  return built;
}

async function buildInto(folder: string, source: Source, cache: string, say: (text: string) => void): Promise<void> {
  const work = temporary(cache);
  try {
    await extract(source, work);
    linkPackages(work, await packagesFor(source, cache, say));
    const { code, output } = await runStep('npm', ['run', '--silent', 'build'], work);
    if (code !== 0) throw new CannotMeasure(`${source.label} does not build: ${firstCompilerError(output)}`);
    if (!existsSync(join(work, ENTRY))) throw new CannotMeasure(`${source.label} builds no ${ENTRY}`);
    for (const name of readdirSync(work)) {
      if (!KEPT.has(name)) rmSync(join(work, name), { recursive: true });
    }
    moveInto(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function extract({ repository, tree, label }: Source, folder: string, paths: string[] = []): Promise<void> {
  const archive = join(folder, '.archive.tar');
  const steps: [string, string[]][] = [
    ['git', ['-C', repository, 'archive', '--format=tar', '-o', archive, tree, ...paths]],
    ['tar', ['-xf', archive, '-C', folder]],
  ];
  for (const [program, args] of steps) {
    const { code, output } = await runStep(program, args, folder);
    if (code !== 0) throw new CannotMeasure(`cannot read the files of ${label}: ${output.trim().split('\n')[0]}`);
  }
  rmSync(archive);
}

/** The `node_modules` that a source asks for. */
async function packagesFor(source: Source, cache: string, say: (text: string) => void): Promise<string> {
  const wanted = git(source.repository, ['rev-parse', `${source.tree}:${LOCK}`]);
  if (wanted === null) throw new CannotMeasure(`${source.label} has no ${LOCK}`);
  if (wanted === git(fromRoot(), ['hash-object', LOCK])) return realpathSync(fromRoot('node_modules'));
  const installed = join(cache, `packages-${wanted}`);
  if (!existsSync(installed)) {
    say(`installing the packages of ${source.label}: its ${LOCK} is another one`);
    const work = temporary(cache);
    try {
      await extract(source, work, [LOCK, 'package.json']);
      const { code, output } = await runStep('npm', ['ci', '--no-progress', '--no-audit', '--no-fund'], work);
      if (code !== 0) throw new CannotMeasure(`npm ci of ${source.label} failed: ${output.trim().split('\n')[0]}`);
      moveInto(work, installed);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return join(installed, 'node_modules');
}

const unfinished = new Set<string>();

function dropUnfinished(): void {
  for (const folder of unfinished) rmSync(folder, { recursive: true, force: true });
}

/** Unfinished, and gone when this process ends. */
function temporary(cache: string): string {
  const folder = mkdtempSync(join(cache, '.unfinished-'));
  if (unfinished.size === 0) process.once('exit', dropUnfinished);
  unfinished.add(folder);
  return folder;
}

/** Whole or not at all. Another run may have been quicker with the same. */
function moveInto(work: string, folder: string): void {
  try {
    renameSync(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function linkPackages(folder: string, packages: string): void {
  const link = join(folder, 'node_modules');
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) {
    if (existsSync(link) && realpathSync(link) === packages) return;
    rmSync(link);
  }
  symlinkSync(packages, link);
}

function dropOld(cache: string): void {
  const builds = readdirSync(cache)
    .filter((name) => name.startsWith('build-'))
    .map((name) => ({ folder: join(cache, name), usedAt: statSync(join(cache, name)).mtimeMs }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { folder } of builds.slice(BUILDS_KEPT)) rmSync(folder, { recursive: true, force: true });
}
