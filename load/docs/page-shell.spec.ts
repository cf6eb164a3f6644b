import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { PageShell } from './page-shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-shell-'));
const shell = new PageShell(folder, folder, { PATH: process.env.PATH, GIVEN: 'given' });
afterAll(() => {
  shell.end();
  rmSync(folder, { recursive: true });
});

describe('the shell of a page', () => {
  it('runs a command and tells its output and its exit code', async () => {
    expect(await shell.run('echo out; echo err >&2; exit 3', 5)).toMatchObject({ exit: 3, output: 'out\nerr\n' });
  });

  it('keeps what commands set for the next ones, and only what they set', async () => {
    await shell.run('A="two words"\nB=$(echo b)', 5, { EXTRA: 'x' });
    const { output } = await shell.run('echo "$A|$B|$GIVEN|$EXTRA"', 5);
    expect(output).toBe('two words|b|given|\n');
  });

  it('does not wait for what a command leaves running, and ends it at last', async () => {
    const { exit, output } = await shell.run('sleep 60 & echo $!', 5);
    expect(exit).toBe(0);
    shell.end();
    const { exit: alive } = await shell.run(`while kill -0 ${output.trim()} 2>/dev/null; do :; done`, 5);
    expect(alive).toBe(0);
  });

  it('ends what takes too long', async () => {
    expect(await shell.run('echo begun; sleep 60', 0.5)).toMatchObject({ exit: null, output: 'begun\n' });
  });

  it('leaves a server running once it says what it says, until it is asked to stop', async () => {
    const server = await shell.serve('echo listens; exec sleep 60', 'listens', 5);
    expect(server).toMatchObject({ up: true, exit: null });
    expect(await server.stop()).toBe(true);
  });

  it('tells of a server that ends instead', async () => {
    expect(await shell.serve('echo no; exit 4', 'listens', 5)).toMatchObject({ up: false, exit: 4, output: 'no\n' });
  });
});
