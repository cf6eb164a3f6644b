import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const here = import.meta.dirname;
/** A page shows a part of a file, moved to the left. */
const unindented = (code: string): string => code.replace(/^ +/gm, '');

const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => unindented(readFileSync(join(here, file), 'utf8')));
const page = readFileSync(join(here, '../../docs/custom-stages.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);

describe('docs/custom-stages.md', () => {
  it('explains this example', () => {
    expect(blocks.length).toBeGreaterThan(5);
  });

  it.each(blocks.map((code) => [code.trim().split('\n')[0], code]))('shows code as it is here: %s', (_, code) => {
    expect(sources.some((source) => source.includes(unindented(code)))).toBe(true);
  });
});
