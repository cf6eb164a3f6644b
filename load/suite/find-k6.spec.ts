import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { findK6, parseVersion } from './find-k6.ts';

const folder = mkdtempSync(join(tmpdir(), 'find-k6-'));
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});
afterAll(() => rmSync(folder, { recursive: true }));

function program(place: string, name: string, script: string): string {
  mkdirSync(join(folder, place), { recursive: true });
  const file = join(folder, place, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('looking for k6', () => {
  it('takes the one on PATH', () => {
    const k6 = program('path', 'k6', 'echo "k6 v1.8.1 (go1.26.8, linux/amd64)"');
    process.env.PATH = join(folder, 'path');
    expect(findK6({ XDG_CACHE_HOME: folder }, () => {})).toEqual({ program: k6 });
  });

  it('takes the one in the cache folder before one that is too old', () => {
    program('old', 'k6', 'echo "k6 v0.49.0 (go1.21)"');
    const k6 = program('cache/sluice/bin', 'k6', 'echo "k6 v1.2.0 (go1.24)"');
    process.env.PATH = join(folder, 'old');
    expect(findK6({ XDG_CACHE_HOME: join(folder, 'cache') }, () => {})).toEqual({ program: k6 });
  });

  it('builds one where there is Go', () => {
    const said: string[] = [];
    program('go', 'go', 'echo built > "$GOBIN/k6"');
    process.env.PATH = join(folder, 'go');
    const built = join(folder, 'fresh/sluice/bin/k6');
    expect(findK6({ XDG_CACHE_HOME: join(folder, 'fresh') }, (text) => said.push(text))).toEqual({ program: built });
    expect(said).toEqual([expect.stringContaining('building k6 into')]);
  });

  it('says why there is none', () => {
    const none = join(folder, 'none');
    process.env.PATH = join(folder, 'old');
    expect(findK6({ XDG_CACHE_HOME: none }, () => {})).toEqual({
      missing: `${join(folder, 'old/k6')} is 0.49.0, not 1.0 or newer; no Go to build it with`,
    });
    program('broken', 'go', 'echo "dial tcp: no route to host" >&2; exit 1');
    process.env.PATH = join(folder, 'broken');
    expect(findK6({ XDG_CACHE_HOME: none }, () => {})).toEqual({
      missing: expect.stringMatching(/^no k6 on PATH .*go install .* failed: dial tcp: no route to host$/),
    });
  });
});

describe('the version of k6', () => {
  it.each([
    ['k6 v1.8.1 (go1.26.8, linux/amd64)\n', '1.8.1'],
    ['k6.exe v0.49.0 (commit/abc)', '0.49.0'],
    ['another k6', null],
    ['', null],
  ])('is read from %j', (printed, version) => {
    expect(parseVersion(printed)).toBe(version);
  });
});
