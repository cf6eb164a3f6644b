import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fromRoot } from '../peers/peers/peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'perf-main-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: string[]) {
  const env = { ...process.env, NODE_OPTIONS: '', XDG_CACHE_HOME: folder, TMPDIR: folder };
  return spawn(process.execPath, [fromRoot('load/perf/main.ts'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function perf(...args: string[]) {
  const child = start(...args);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, stdout, stderr };
}

describe('make perf', () => {
  it('runs as it is written, and explains itself', async () => {
    const { code, stdout } = await perf('--help');
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('Exit codes: 0 no regression, 1 a regression, 2 no verdict'),
    ]);
  });

  it.each([
    ['no base', [], /^perf: --base: what to compare with\? .*\nUsage/],
    ['an unknown ref', ['--base', 'no/such'], /^perf: no commit is called 'no\/such' here[^\n]*\n$/],
    ['an unknown head', ['--base', 'HEAD', '--head', 'no'], /^perf: no commit is called 'no' here[^\n]*\n$/],
    [
      'a baseline',
      ['--base', 'load/baselines/x.json'],
      /^perf: load\/baselines\/x\.json: a baseline is for plots[^\n]*\n$/,
    ],
    ['too little time', ['--base', 'HEAD', '--time-limit', '5'], /^perf: --time-limit: a whole number from 30/],
  ])('gives no verdict on %s, with a line that says why', async (_, args, line) => {
    const { code, stdout, stderr } = await perf(...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(line)]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind when %s comes', async (signal) => {
    const json = join(folder, 'verdict.json');
    const child = start('--base', 'HEAD', '--json', json);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => (said += more));
    // The build of the base has begun.
    while (!said.includes('building')) await once(child.stderr, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(existsSync(json)).toBe(false);
    expect(readdirSync(join(folder, 'sluice/perf')).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('sluice-'))).toEqual([]);
  });
});
