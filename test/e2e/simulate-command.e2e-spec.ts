import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { compiled } from '../helpers/gateway-process.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, 'gateway.yaml'),
  `upstreams:
  shop:
    targets: [{ url: http://127.0.0.1:9 }]
    breaker: { volumeThreshold: 5, resetMs: 5000 }
routes:
  - id: search
    match: { path: /search }
    upstream: shop
    rateLimit: { name: client, rps: 2, burst: 4 }
`,
);
writeFileSync(
  join(folder, 'trace.csv'),
  `time_s,key,status\n${Array.from({ length: 60 }, (_, i) => `${i / 4},10.0.0.1,${i < 20 ? 500 : 200}`).join('\n')}\n`,
);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function simulate(...args: string[]): Promise<Ended> {
  const [program, ...before] = compiled('cli.js', 'simulate', ...args);
  return new Promise((resolve) => {
    execFile(program, before, { cwd: folder, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('sluice simulate', () => {
  it('replays a trace and draws it', async () => {
    const { code, stdout, stderr } = await simulate('--traffic', 'trace.csv', '--latency-ms', '10', '--out', 'out');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^search +60 /m);
    expect(stdout).toMatch(/^search: refused by limit client +\d+ /m);
    expect(stdout).toMatch(/^search: refused by breaker +\d+ /m);
    expect(stdout).toMatch(/^ {2}its breaker opened once, /m);
    expect(readFileSync(join(folder, 'out/simulation.svg'), 'utf8')).toContain('breaker of shop: opened once');
  });

  it('gives the same figures for the same seed', async () => {
    const args = ['--traffic', 'poisson:20', '--duration', '1h', '--keys', '5', '--json', '--failures', '503:3%'];
    const [first, again, other] = await Promise.all([
      simulate(...args),
      simulate(...args),
      simulate(...args, '--seed', '9'),
    ]);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout).routes[0].offered).toBeGreaterThan(70_000);
    expect(again.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  });

  it.each([
    [['--traffic', 'none.csv'], 66, 'sluice: none.csv: no such file\n'],
    [
      ['--traffic', 'trace.csv', '--route', 'serch'],
      64,
      'sluice: --route: there is no route "serch"; did you mean "search"?\n',
    ],
    [['--traffic', 'poisson:0'], 64, 'sluice: --traffic poisson:0: 0 a second is no traffic\n'],
    [['--traffic', 'poisson:0.0001', '--duration', '1s'], 65, /^sluice: poisson.*: no request for search\n$/],
  ])('%j ends with one line and a code of its own', async (args, code, line) => {
    const ended = await simulate(...args);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(line);
  });
});
