import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ENTRY } from '../../peers/peers/gateway.peer.ts';
import { fromRoot } from '../../peers/peers/peer.ts';
import { buildTree } from './build-tree.ts';
import { patched, sourceOfFolder, sourceOfRef } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'perf-trees-'));
const repository = join(folder, 'repository');
const cache = join(folder, 'cache');

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** A project whose build writes the word in its source. */
function write(word: string, build = `mkdir -p ${dirname(ENTRY)} && cp source.txt ${ENTRY}`): void {
  writeFileSync(join(repository, 'source.txt'), `${word}\n`);
  writeFileSync(join(repository, 'package.json'), JSON.stringify({ name: 'project', scripts: { build } }));
}

const builtWord = (build: { folder: string }): string => readFileSync(join(build.folder, ENTRY), 'utf8').trim();

beforeAll(() => {
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', repository]);
  // As this repository's, so that its packages do.
  copyFileSync(fromRoot('package-lock.json'), join(repository, 'package-lock.json'));
  writeFileSync(join(repository, '.gitignore'), 'ignored\n');
  write('first');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'first');
  git('tag', 'v1');
});
beforeEach(() => void git('checkout', '--quiet', '--force', 'main'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a tree to measure', () => {
  it('is built apart from the checkout, once', async () => {
    const said: string[] = [];
    const build = await buildTree(sourceOfRef(repository, 'v1'), { cache, say: (text) => said.push(text) });
    expect(builtWord(build)).toBe('first');
    expect(build.label).toMatch(/^v1 \([0-9a-f]{10}\)$/);
    expect(existsSync(join(repository, 'dist'))).toBe(false);
    expect(realpathSync(join(build.folder, 'node_modules'))).toBe(realpathSync(fromRoot('node_modules')));
    expect(readdirSync(build.folder).toSorted()).toEqual(['dist', 'node_modules', 'package.json']);

    expect(await buildTree(sourceOfRef(repository, 'main'), { cache, say: (text) => said.push(text) })).toMatchObject({
      folder: build.folder,
    });
    expect(said).toHaveLength(1);
  });

  it('of the working tree has what is changed and new in it, and says so', async () => {
    write('changed');
    writeFileSync(join(repository, 'new.txt'), 'new');
    writeFileSync(join(repository, 'ignored'), 'not in it');
    const source = sourceOfFolder(repository);
    expect(source.label).toMatch(/^[0-9a-f]{10} \+ uncommitted changes$/);
    expect(git('ls-tree', '--name-only', source.tree)).toContain('new.txt');
    expect(git('ls-tree', '--name-only', source.tree)).not.toContain('ignored\n');
    expect(builtWord(await buildTree(source, { cache }))).toBe('changed');
    // The user's index is as it was.
    expect(git('diff', '--cached', '--name-only')).toBe('');
    rmSync(join(repository, 'new.txt'));
    git('checkout', '--quiet', '--force', 'main');
    expect(sourceOfFolder(repository)).toMatchObject({ tree: sourceOfRef(repository, 'main').tree });
    expect(sourceOfFolder(repository).label).toMatch(/^[0-9a-f]{10}$/);
  });

  it('may have a patch, which touches no working tree', async () => {
    write('patched');
    const patch = join(folder, 'word.patch');
    writeFileSync(patch, `${git('diff')}\n`);
    git('checkout', '--quiet', '--force', 'main');
    const source = patched(sourceOfRef(repository, 'v1'), patch);
    expect(builtWord(await buildTree(source, { cache }))).toBe('patched');
    expect(git('status', '--porcelain')).toBe('');
    expect(() => patched(source, patch)).toThrow('does not apply');
    expect(() => patched(source, join(folder, 'none.patch'))).toThrow('no file');
  });

  it('that does not build is named with the first error, and leaves nothing behind', async () => {
    write('broken', 'echo "a.ts:1:1 - error TS1005: \';\' expected."; exit 1');
    const source = sourceOfFolder(repository);
    await expect(buildTree(source, { cache })).rejects.toThrow(
      /^[0-9a-f]{10} \+ uncommitted changes does not build: a\.ts:1:1 - error TS1005: ';' expected\.$/,
    );
    expect(readdirSync(cache).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('that builds no gateway is refused', async () => {
    write('empty', 'true');
    await expect(buildTree(sourceOfFolder(repository), { cache })).rejects.toThrow('builds no dist/');
  });

  it.each(['nosuch', '--upload-pack=x', ''])('of a ref that is none (%j) is refused', (ref) => {
    expect(() => sourceOfRef(repository, ref)).toThrow(`no commit is called '${ref}' here`);
  });

  it('outside of a checkout is refused', () => {
    expect(() => sourceOfFolder(folder)).toThrow('is no checkout of git');
  });
});
