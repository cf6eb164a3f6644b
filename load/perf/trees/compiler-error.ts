import { stripVTControlCharacters } from 'node:util';

const CHARACTERS_MAX = 300;

/** The first line of a failed build that names an error, else its last line. */
export function firstCompilerError(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const error = lines.find((line) => /\berror TS\d+:/.test(line)) ?? lines.find((line) => /\berror\b/i.test(line));
  return (error ?? lines.at(-1) ?? 'it printed nothing').slice(0, CHARACTERS_MAX);
}
