import { SeededRandom } from '../../helpers/seeded-random.js';
import { Coverage } from './coverage.js';
import type { FuzzTarget } from './fuzz-target.js';
import { shorten, smallestCover } from './minimise.js';
import { floods, mutate, type Others } from './mutate.js';

/** CPU time of one input from which on it is a finding: a stranger could stop the event loop with a few of them. */
const SLOW_CPU_MS = 250;
/** Of the inputs that found nothing new, one in so many is compared with slower readers too. */
const COMPARED_ONE_IN = 2_048;

export interface Crash {
  readonly input: Buffer;
  readonly why: string;
}

export interface FuzzRun {
  runs: number;
  features: number;
  compared: number;
  crash: Crash | null;
  corpus: Buffer[];
}

/** Hears of each input before it is run, since it may never come back. */
export type InputWatch = (input: Buffer) => void;

/** Looks for inputs that take new ways through a target, and for one that breaks it. */
export class Fuzzer {
  private readonly coverage = Coverage.current;
  private readonly corpus: Buffer[] = [];
  private readonly others: Others;
  private readonly random: SeededRandom;
  private readonly result: FuzzRun = { runs: 0, features: 0, compared: 0, crash: null, corpus: [] };

  constructor(
    private readonly target: FuzzTarget,
    seed: number,
    private readonly watch: InputWatch,
  ) {
    this.random = new SeededRandom(seed);
    const dictionary = target.dictionary.map((word) => Buffer.from(word, 'latin1'));
    this.others = { dictionary, corpus: this.corpus };
  }

  /** @param stops asked now and then whether it is enough */
  async fuzz(kept: readonly Buffer[], stops: () => boolean): Promise<FuzzRun> {
    const { random, target } = this;
    for (const input of kept) await this.look(input, true);
    const known = this.corpus.length;
    for (const input of [...target.seeds, Buffer.alloc(0)]) await this.look(input);
    // No way is new there, but some may take too long.
    for (const input of floods(this.others.dictionary, target.seeds[0], target.bytesMax)) {
      if (this.result.crash === null) this.check(input);
    }
    while (this.result.crash === null && !((this.result.runs & 63) === 0 && stops())) {
      // The youngest have been tried least.
      const { length } = this.corpus;
      const parent = this.corpus[length - 1 - random.below(Math.min(length, random.pick([4, 32, length])))];
      await this.look(mutate(parent, random, this.others, target.bytesMax));
    }
    this.result.features = this.coverage.featuresSeen;
    const [old, found] = [this.corpus.slice(0, known), this.corpus.slice(known)];
    this.result.corpus =
      this.result.crash === null ? smallestCover(old, found, (input) => this.cover(input)) : this.corpus;
    return this.result;
  }

  /** @returns whether all holds */
  private check(input: Buffer): boolean {
    const why = this.run(input);
    if (why !== null) this.crashed(input, why, (candidate) => this.run(candidate) !== null);
    return why === null;
  }

  /** @param kept it is as short as it has to be */
  private async look(input: Buffer, kept = false): Promise<void> {
    if (!this.check(input)) return;
    if (this.coverage.merge() > 0 || this.corpus.length === 0) {
      const signature = this.coverage.signature();
      const same = (candidate: Buffer): boolean =>
        this.run(candidate) === null && this.coverage.signature() === signature;
      const short = kept ? input : shorten(input, same);
      this.corpus.push(Buffer.from(short));
      await this.compare(short);
    } else if (this.random.below(COMPARED_ONE_IN) === 0) await this.compare(input);
  }

  private async compare(input: Buffer): Promise<void> {
    if (this.target.compare === undefined || this.result.crash !== null) return;
    this.result.compared++;
    try {
      await this.target.compare(Buffer.from(input));
    } catch (error) {
      this.crashed(input, describe(error), () => false);
    }
  }

  /** @returns what broke, or null */
  private run(input: Buffer): string | null {
    this.result.runs++;
    this.watch(input);
    this.coverage.reset();
    const began = performance.now();
    try {
      // A copy, that nothing keeps.
      this.target.run(Buffer.from(input));
    } catch (error) {
      return describe(error);
    }
    return performance.now() - began > SLOW_CPU_MS ? this.slowness(input) : null;
  }

  /** The machine may have been busy with something else: the time of this thread alone counts. */
  private slowness(input: Buffer): string | null {
    const before = process.threadCpuUsage();
    this.target.run(Buffer.from(input));
    const { user, system } = process.threadCpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    return cpuMs > SLOW_CPU_MS ? `it takes ${Math.round(cpuMs)} ms` : null;
  }

  private cover(input: Buffer): Coverage {
    this.run(input);
    return this.coverage;
  }

  private crashed(input: Buffer, why: string, still: (candidate: Buffer) => boolean): void {
    const short = why.startsWith('it takes') ? input : shorten(input, still);
    this.result.crash = { input: Buffer.from(short), why: this.run(short) ?? why };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
