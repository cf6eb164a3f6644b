import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../peers/peers/peer.ts';

/** A rule of the gate, as the family that measures it and what it is about: `cpu policies`. */
export interface NamedRule {
  rule: string;
  /** Null for whatever the family measures. */
  subject: string | null;
}

/** A regression that is planted on purpose, as a patch with a head that says what it does. */
export interface Mutant {
  name: string;
  file: string;
  /** What is made worse. */
  plants: string;
  /** Any one of these has to notice. */
  caughtBy: NamedRule[];
}

const mutantFolder = fromRoot('load/mutants');

/** All mutants, by name. Throws on a head that says too little. */
export function readMutants(folder = mutantFolder): Mutant[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map((name) => readMutant(name.slice(0, -'.patch'.length), join(folder, name)));
}

function readMutant(name: string, file: string): Mutant {
  const [head] = readFileSync(file, 'utf8').split(/^diff --git /m, 1);
  const field = (title: string): string => {
    const [, value] = new RegExp(`^${title}: (.+)$`, 'm').exec(head) ?? [];
    if (value === undefined) throw new Error(`${file}: no line "${title}: …" before the patch`);
    return value.trim();
  };
  return { name, file, plants: field('Plants'), caughtBy: field('Caught-by').split(',').map(namedRule) };
}

/** `cpu policies` or `cpu`. */
function namedRule(text: string): NamedRule {
  const [rule, ...subject] = text.trim().split(' ');
  return { rule, subject: subject.length === 0 ? null : subject.join(' ') };
}

export function ruleText({ rule, subject }: NamedRule): string {
  return subject === null ? rule : `${rule} ${subject}`;
}

/** Whether a line of the gate's verdict is one of the rules that a mutant names. */
export function names({ caughtBy }: Mutant, line: { rule: string; subject: string }): boolean {
  return caughtBy.some(({ rule, subject }) => rule === line.rule && (subject === null || subject === line.subject));
}
