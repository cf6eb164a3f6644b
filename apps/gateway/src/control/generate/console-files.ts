import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['console.html', 'console.css', 'console.js'];

/** A module with the files of the console as text: wherever the compiled program lies, they are with it. */
export function consoleFiles(folder: string): string {
  const entries = NAMES.map((name) => `  '${name}': ${literal(readFileSync(join(folder, name), 'utf8'))},\n`);
  return (
    '// Generated from assets/ by `make generate`; a check holds it to them.\n\n' +
    `export const consoleFiles: Readonly<Record<string, string>> = {\n${entries.join('')}};\n`
  );
}

/** As a template, so that the lines of the file stay lines. */
function literal(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, (special) => `\\${special}`)}\``;
}
