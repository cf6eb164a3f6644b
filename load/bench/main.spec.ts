import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { cases } from './cases/all.ts';

const run = promisify(execFile);

describe('make bench', () => {
  it('runs as it is written, and lists every case', async () => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'main.ts'), '--list'], { env });
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(listed).toEqual(cases.map(({ name }) => name));
  });

  it('knows each case by a name of its own', () => {
    const names = cases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
