import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fromRoot } from '../peers/peers/peer.ts';
import { endWithThis, mortal } from '../peers/processes/children.ts';
import { SampleReader } from './sample-reader.ts';
import { parseSummary, type Threshold } from './thresholds.ts';

/** k6 ran to its end, and a threshold was crossed. */
const EXIT_CROSSED = 99;
/** Warnings of one kind that are shown. k6 writes one for every request without an answer. */
const WARNINGS_MAX = 5;

/** A line of CSV: a metric and when, or the header. */
const SAMPLE = /^\w+,(?:\d+|timestamp),/;

export interface K6Launch {
  k6: string;
  /** For files that are of no use afterwards. */
  folder: string;
  /** A script of load/k6/scenarios. */
  scenario: string;
  /** What the script finds in `__ENV`. */
  env: Readonly<Record<string, string>>;
}

export interface K6Run {
  /** Empty when k6 did not get so far. */
  thresholds: Threshold[];
  samples: SampleReader;
  /** Why the run does not count, or null: thresholds that were crossed are no reason. */
  failure: string | null;
}

/**
 * Runs one script with k6 to its end. What k6 says of the run goes to the terminal; samples come through a pipe and are
 * never on disk.
 */
export async function runK6({ k6, folder, scenario, env }: K6Launch): Promise<K6Run> {
  const summaryFile = join(folder, 'summary.json');
  const samples = new SampleReader();
  const [command, ...args] = mortal([
    k6,
    'run',
    '--quiet',
    '--no-usage-report',
    '--address=',
    '--system-tags=status,scenario,expected_response',
    '--out=csv=-',
    `--summary-export=${summaryFile}`,
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    fromRoot('load/k6/scenarios', `${scenario}.ts`),
  ]);
  const child = endWithThis(
    spawn(command, args, {
      env: { ...process.env, K6_CSV_TIME_FORMAT: 'unix_milli' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const reading = [readErrors(child.stderr), readOutput(child.stdout, samples)];
  const [code] = (await once(child, 'exit')) as [number | null];
  const lastError = (await Promise.all(reading))[0];
  if (code !== 0 && code !== EXIT_CROSSED) {
    return {
      thresholds: [],
      samples,
      failure: `k6 ended with ${code ?? 'a signal'}: ${lastError ?? 'it did not say why'}`,
    };
  }
  const thresholds = parseSummary(readFileSync(summaryFile, 'utf8'));
  return { thresholds, samples, failure: samples.seconds.size === 0 ? 'nothing was asked' : null };
}

/** Samples and the summary come on one stream. */
async function readOutput(stream: Readable, samples: SampleReader): Promise<null> {
  for await (const line of createInterface({ input: stream })) {
    if (SAMPLE.test(line)) samples.readLine(line);
    else process.stdout.write(`${line}\n`);
  }
  return null;
}

/** Passes errors on, and warnings as long as they are news. @returns the last error */
async function readErrors(stream: Readable): Promise<string | null> {
  let warnings = 0;
  let last: string | null = null;
  for await (const line of createInterface({ input: stream })) {
    if (/level=warning msg="Request Failed"/.test(line) && ++warnings > WARNINGS_MAX) continue;
    if (line.includes('level=error')) last = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1].split('\\n')[0] ?? line;
    process.stderr.write(`${line}\n`);
  }
  if (warnings > WARNINGS_MAX) process.stderr.write(`and ${warnings - WARNINGS_MAX} more requests without an answer\n`);
  return last;
}
