import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { Coverage } from './harness/coverage.js';
import type { FuzzTarget } from './harness/fuzz-target.js';
import { Fuzzer, type FuzzRun } from './harness/fuzzer.js';
import { insertCounters } from './harness/insert-counters.js';
import { shorten } from './harness/minimise.js';

const RUNS_MAX = 40_000;

/** A parser that breaks four steps deep, each of which only a certain byte leads to. */
const DEEP = `
  function parse(bytes) {
    for (const byte of bytes) if (byte === 0x21) return;
    if (bytes[0] === 0x5b) {
      if (bytes[1] === 0x3a && bytes[2] === 0x80) {
        switch (bytes[3]) {
          case 0x25: throw new Error('deep');
        }
      }
    }
  }
  parse`;

function compiled(counted: boolean): (bytes: Buffer) => void {
  const { outputText } = ts.transpileModule(DEEP, {
    compilerOptions: { target: ts.ScriptTarget.ES2024 },
    transformers: { before: counted ? [insertCounters()] : [] },
  });
  // oxlint-disable-next-line no-eval -- what the transformer made, run where it stands
  return (0, eval)(outputText) as (bytes: Buffer) => void;
}

function target(run: (bytes: Buffer) => void): FuzzTarget {
  return { name: 'planted', bytesMax: 64, seeds: [Buffer.from('hello')], dictionary: ['x'], run };
}

async function fuzz(planted: FuzzTarget, kept: Buffer[] = []): Promise<FuzzRun> {
  Coverage.begin();
  let runs = 0;
  return new Fuzzer(planted, 3, () => runs++).fuzz(kept, () => runs > RUNS_MAX);
}

describe('the fuzzer', () => {
  it('is led by the ways of inputs to one that breaks deep inside, and cuts it down to what it needs', async () => {
    const { crash } = await fuzz(target(compiled(true)));
    expect(crash?.why).toContain('deep');
    expect([...(crash?.input ?? [])]).toEqual([0x5b, 0x3a, 0x80, 0x25]);
  });

  it('does not get there without the counters, so that it is they which lead it', async () => {
    const { crash, runs } = await fuzz(target(compiled(false)));
    expect(crash).toBeNull();
    expect(runs).toBeGreaterThan(RUNS_MAX);
  });

  it('runs inputs that were kept before it looks for others', async () => {
    const { crash, runs } = await fuzz(target(compiled(false)), [Buffer.from([0x5b, 0x3a, 0x80, 0x25])]);
    expect(crash?.why).toContain('deep');
    expect(runs).toBeLessThan(100);
  });

  it('takes an input for broken that needs more CPU than a stranger may use', async () => {
    const { crash } = await fuzz(
      target((bytes) => {
        const began = process.threadCpuUsage();
        while (bytes.length > 20 && process.threadCpuUsage(began).user < 600_000);
      }),
    );
    expect(crash?.why).toMatch(/^it takes \d+ ms$/);
  });

  it('cuts an input down to what makes it what it is', () => {
    const short = shorten(Buffer.from('aaaaaaaaXaaaaaYaaaa'), (candidate) => /X.*Y/.test(candidate.toString()));
    expect(short.toString()).toBe('XY');
  });
});
