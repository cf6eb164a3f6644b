import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../peers/peers/peer.ts';
import { names, readMutants } from './mutant.ts';

const mutants = readMutants();
const folder = mkdtempSync(join(tmpdir(), 'sluice-mutants-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the tool that applies patches has to say against one; empty when it applies. */
function objections(file: string): string {
  const tools: [string, string[]][] = [
    ['git', ['apply', '--check', file]],
    ['patch', ['-p1', '--dry-run', '--batch', '--silent', '-i', file]],
  ];
  // A tree that is no checkout itself may lie in another one, which git would take for its own.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(repositoryRoot.replace(/\/$/, '')) };
  for (const [program, args] of tools) {
    const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: repositoryRoot, env, encoding: 'utf8' });
    if (error === undefined) return status === 0 ? '' : `${stdout}${stderr}` || `${program} exited with ${status}`;
  }
  return 'there is neither git nor patch to try it with';
}

describe('the planted regressions', () => {
  it('are nine at least', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(9);
  });

  it.each(mutants.map(({ name, file }) => [name, file]))('apply to the tree as it is: %s', (_, file) => {
    expect(objections(file)).toBe('');
  });

  it('say what they plant, and which rules are to notice', () => {
    const file = join(folder, 'slow.patch');
    writeFileSync(file, 'Plants: more work\nCaught-by: cpu policies, bench route/1000, memory\n\ndiff --git a/x b/x\n');
    expect(readMutants(folder)).toEqual([
      {
        name: 'slow',
        file,
        plants: 'more work',
        caughtBy: [
          { rule: 'cpu', subject: 'policies' },
          { rule: 'bench', subject: 'route/1000' },
          { rule: 'memory', subject: null },
        ],
      },
    ]);
    writeFileSync(file, 'Plants: more work\n\ndiff --git a/x b/x\nCaught-by: cpu\n');
    expect(() => readMutants(folder)).toThrow('no line "Caught-by: …" before the patch');
  });

  it('are noticed by a rule that they name, and by no other', () => {
    const mutant = {
      name: '',
      file: '',
      plants: '',
      caughtBy: [
        { rule: 'cpu', subject: 'get' },
        { rule: 'memory', subject: null },
      ],
    };
    expect(names(mutant, { rule: 'cpu', subject: 'get' })).toBe(true);
    expect(names(mutant, { rule: 'cpu', subject: 'post' })).toBe(false);
    expect(names(mutant, { rule: 'memory', subject: 'keys' })).toBe(true);
  });
});
