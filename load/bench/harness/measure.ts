import { mkdirSync } from 'node:fs';
import type { BenchCase, Subject } from './bench-case.ts';
import type { Figures, Plan } from './figures.ts';
import { measureAsync } from './measure-async.ts';
import { measurePaced, Pace } from './measure-paced.ts';
import { measureSync } from './measure-sync.ts';
import { ownLoop } from './own-loop.ts';
import { cpuProfile, heapProfile } from './profiles.ts';

/** What one process is told to do. */
export interface Order {
  name: string;
  plan: Plan;
  /** Folders for profiles, taken after the figures so that they do not disturb them; null for none. */
  cpuProfiles: string | null;
  heapProfiles: string | null;
}

const PROFILED_MS = 3_000;
/** Between two looks at the clock: long beside a look, short beside the whole. */
const OPS_AT_ONCE = 256;

/** Measures one case in this process, and profiles it where that was asked for. */
export async function measure(benchCase: BenchCase, order: Order): Promise<Figures> {
  const subject = await benchCase.prepare();
  try {
    const figures = await figuresOf(subject, order.plan);
    const { cpuProfiles, heapProfiles } = order;
    if (cpuProfiles !== null) await profileInto(cpuProfiles, (folder) => cpuProfile(folder, order.name, keepBusy));
    if (heapProfiles !== null) await profileInto(heapProfiles, (folder) => heapProfile(folder, order.name, keepBusy));
    return figures;
  } finally {
    await subject.close?.();
  }

  function keepBusy(): Promise<void> {
    return runFor(subject, PROFILED_MS);
  }
}

function figuresOf(subject: Subject, plan: Plan): Promise<Figures> {
  switch (subject.kind) {
    case 'sync':
      return measureSync(subject, plan);
    case 'async':
      return measureAsync(subject, plan);
    case 'paced':
      return measurePaced(subject, plan);
  }
}

async function profileInto(folder: string, take: (folder: string) => Promise<string>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  console.error(`  written: ${await take(folder)}`);
}

async function runFor(subject: Subject, timeMs: number): Promise<void> {
  const endAt = performance.now() + timeMs;
  if (subject.kind === 'sync') {
    const { loop } = await ownLoop<typeof import('./sync-loop.ts')>('sync-loop.ts', 'subject');
    for (let i = 0; performance.now() < endAt; i += OPS_AT_ONCE) loop(subject.op, i, OPS_AT_ONCE);
  } else if (subject.kind === 'paced') {
    await new Pace(subject).run(timeMs);
  } else {
    const { lanes } = await ownLoop<typeof import('./async-loop.ts')>('async-loop.ts', 'subject');
    const latenciesUs = new Float64Array(OPS_AT_ONCE);
    for (let i = 0; performance.now() < endAt; i += OPS_AT_ONCE) {
      await lanes(subject.op, i, subject.inFlight, latenciesUs);
    }
  }
}
