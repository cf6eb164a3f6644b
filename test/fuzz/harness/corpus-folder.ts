import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FUZZ_FOLDER = join(import.meta.dirname, '..');

/** The name of an input: what is the same has the same. */
function inputName(input: Buffer): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16);
}

/** Inputs that were kept of a target, each in a file of its own; `test/fuzz/corpus/<target>/`. */
export class CorpusFolder {
  private readonly folder: string;

  constructor(target: string) {
    this.folder = join(FUZZ_FOLDER, 'corpus', target);
  }

  read(): Buffer[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .sort()
      .map((file) => readFileSync(join(this.folder, file)));
  }

  /** Leaves these there and no others. */
  replace(inputs: readonly Buffer[]): void {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    for (const input of inputs) writeFileSync(join(this.folder, inputName(input)), input);
  }
}

/** @returns where the input was put */
export function keepCrash(target: string, input: Buffer, why: string): string {
  const folder = join(FUZZ_FOLDER, 'crashes');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${target}-${inputName(input)}`);
  writeFileSync(file, input);
  writeFileSync(`${file}.why`, `${why}\n`);
  return file;
}
