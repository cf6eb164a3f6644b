import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fromRoot } from '../peers/peers/peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'load-suite-'));
const SET = `spec-${process.pid}`;
const results = fromRoot('load/results', SET);
let gateway: Server;
let target: string;

beforeAll(async () => {
  gateway = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  target = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterAll(() => {
  gateway.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  for (const end of ['', '.html', '.md', '.json']) rmSync(results + end, { recursive: true, force: true });
});

/** A program that passes for k6: what it does when it is told to run. */
function k6That(run: string): void {
  const file = join(folder, 'k6');
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = version ]; then echo 'k6 v1.8.1 (go)'; exit 0; fi\n${run}\n`);
  chmodSync(file, 0o755);
}

const SAMPLES = `cat <<'END'
metric_name,timestamp,metric_value,expected_response,scenario,status,extra_tags,metadata
http_req_duration,1795573441100,4.25,true,users,200,route=users,
END
for word in "$@"; do case $word in --summary-export=*) file=\${word#--summary-export=};; esac; done`;

const summary = (crossed: boolean): string => {
  const metrics = { checks: { value: 1, thresholds: { 'rate>0.99': crossed } } };
  return `${SAMPLES}\necho '${JSON.stringify({ metrics })}' > "$file"\necho the summary of k6`;
};

async function suite(...args: string[]) {
  const env = { ...process.env, NODE_OPTIONS: '', PATH: `${folder}${delimiter}${process.env.PATH}` };
  const child = spawn(process.execPath, [fromRoot('load/suite/main.ts'), '--set', SET, ...args], { env });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, stdout, stderr };
}

describe('the load suite', () => {
  it('reports a run that kept its thresholds, and ends with 0', async () => {
    k6That(summary(false));
    const { code, stdout } = await suite('cache', '--target', target);
    expect([code, stdout]).toEqual([0, expect.stringContaining('cache: passed, 1 thresholds kept')]);
    expect(stdout).toContain('the summary of k6');
    expect(readFileSync(`${results}.html`, 'utf8')).toContain('cache: passed');
    expect(readFileSync(`${results}.md`, 'utf8')).toContain(`![latency](${SET}/cache-latency.svg)`);
    expect(readFileSync(join(results, 'cache-latency.svg'), 'utf8')).toMatch(/^<svg/);
    const { results: all } = JSON.parse(readFileSync(`${results}.json`, 'utf8')) as { results: { routes: unknown }[] };
    expect(all[0].routes).toMatchObject([{ name: 'users', requests: 1, p95Ms: 4.25 }]);
  });

  it('ends with 1 when a threshold was crossed', async () => {
    k6That(`${summary(true)}\nexit 99`);
    const { code, stdout } = await suite('cache', '--target', target);
    expect([code, stdout]).toEqual([1, expect.stringContaining('cache: failed, 1 of 1 thresholds crossed')]);
  });

  it.each([
    ['came to nothing', `echo 'level=error msg="no token: name one"' >&2; exit 107`, 'k6 ended with 107: no token'],
    ['asked nothing', `${SAMPLES.slice(SAMPLES.indexOf('for'))}\necho '{"metrics":{}}' > "$file"`, 'nothing was asked'],
  ])('ends with 1 when a run %s', async (_, run, reason) => {
    k6That(run);
    const { code, stdout } = await suite('cache', '--target', target);
    expect([code, stdout]).toEqual([1, expect.stringContaining(`cache: failed: ${reason}`)]);
  });

  it('says in one line that the gateway is not up, and writes nothing', async () => {
    k6That(summary(false));
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { code, stderr } = await suite('cache', '--target', `http://127.0.0.1:${port}`);
    expect(code).toBe(69);
    expect(stderr).toMatch(/^load: the gateway is not up: http:\/\/127\.0\.0\.1:\d+\/health: .*ECONNREFUSED.*\n$/);
    expect(existsSync(`${results}.json`)).toBe(false);
  });

  it('ends k6 with itself, and writes nothing, when it is interrupted', async () => {
    const pidFile = join(folder, 'pid');
    k6That(`echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 600`);
    const env = { ...process.env, NODE_OPTIONS: '', PATH: `${folder}${delimiter}${process.env.PATH}` };
    const args = [fromRoot('load/suite/main.ts'), '--set', SET, 'cache', '--target', target];
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    while (!existsSync(pidFile)) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(existsSync(`${results}.json`)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
