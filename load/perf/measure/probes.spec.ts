import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { probed, probeReading, type MemoryReading, type PauseReading } from './probe-reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'perf-probes-'));
let child: ChildProcess;
afterEach(async () => {
  child.kill('SIGKILL');
  await once(child, 'exit');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program with a probe in it. */
async function start(probe: 'memory' | 'pause', program: string): Promise<string> {
  const { args, env } = probed(probe, join(folder, `${probe}.sock`));
  child = spawn(process.execPath, [...args, '--input-type=module', '-e', program], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: 'ignore',
  });
  while (!existsSync(env.PERF_PROBE)) await delay(5);
  return env.PERF_PROBE;
}

describe('a probe in a program', () => {
  it('tells what is held, without what is not', async () => {
    const program = `let held = []; setInterval(() => { held.length < 20 ? held.push(Buffer.alloc(1e6)) : 0; Buffer.alloc(1e5); }, 1);`;
    const socket = await start('memory', program);
    // It holds 20 MB in the end, and as much again every 200 ms that it does not hold.
    let reading = await probeReading<MemoryReading>(socket);
    while (reading.heldBytes < 20e6) reading = await probeReading<MemoryReading>(socket);
    expect(reading.heldBytes).toBeLessThan(40e6);
    expect(reading.rssBytes).toBeGreaterThan(reading.heldBytes / 2);
  });

  it('tells the longest turn since it was asked, in CPU time', async () => {
    const cpu = 'process.threadCpuUsage().user + process.threadCpuUsage().system';
    const program = `setInterval(() => { for (const from = ${cpu}; ${cpu} - from < 30_000; ); }, 100);`;
    const socket = await start('pause', program);
    await probeReading<PauseReading>(socket);
    let longestMs = 0;
    while (longestMs < 28) ({ longestMs } = await probeReading<PauseReading>(socket));
    expect(longestMs).toBeLessThan(60);
  });
});
