import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Fine enough beside the hundreds of milliseconds that are measured, and no load. */
const POLL_INTERVAL_MS = 5;
const LOG_CHARACTERS_SHOWN = 2_000;

export interface FirstAnswer {
  child: ChildProcess;
  port: number;
  path: string;
  headers?: Record<string, string>;
  logFile: string;
  timeoutMs: number;
}

/** Asks until the first 200. Throws, with the end of the process's log, when it ends or takes too long. */
export async function firstAnswer(answer: FirstAnswer): Promise<void> {
  const { child, port, path, headers = {}, logFile, timeoutMs } = answer;
  const deadline = performance.now() + timeoutMs;
  while ((await statusOf(port, path, headers)) !== 200) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) {
      const log = readFileSync(logFile, 'utf8').slice(-LOG_CHARACTERS_SHOWN).trim();
      throw new Error(`${ended ? 'ended' : `gave no 200 within ${timeoutMs} ms`} on start. ${log}`);
    }
    await delay(POLL_INTERVAL_MS);
  }
}

/** The status of one GET on a connection of its own, or null when there was no answer. */
function statusOf(port: number, path: string, headers: Record<string, string>): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      response.once('close', () => resolve(response.statusCode ?? null));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(null));
  });
}
