import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadConfig } from './load.js';

const cwd = mkdtempSync(join(tmpdir(), 'sluice-hostile-'));
afterAll(() => rmSync(cwd, { recursive: true }));

function failure(content: string | Uint8Array, env: Record<string, string> = {}): Error {
  writeFileSync(join(cwd, 'gateway.yaml'), content);
  try {
    loadConfig({ env, cwd });
  } catch (error) {
    return error as Error;
  }
  throw new Error('the configuration was accepted');
}

describe('a file that is made to hurt', () => {
  const letters = 'abcdefghij';
  const bomb = letters
    .split('')
    .map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(i === 0 ? 'x' : `*${letters[i - 1]}`)
          .join(', ')}]`,
    )
    .join('\n');
  const nestedMap = Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');

  it.each([
    ['of more than 5 MiB', `# ${'x'.repeat(5 * 1024 * 1024)}`, 'is larger than 5242880 bytes'],
    ['of a million brackets', '['.repeat(1_000_000), 'is nested deeper than 64 levels'],
    ['of a million braces', '{a: '.repeat(100_000), 'is nested deeper than 64 levels'],
    ['of lists in lists', `${'- '.repeat(20_000)}x`, 'is nested deeper than 64 levels'],
    ['of mappings in mappings', nestedMap, 'is nested deeper than 64 levels'],
    ['of a million values', '- a\n'.repeat(1_000_000), 'holds too many values'],
    ['of 20,000 aliases', `server: &a {}\nroutes:\n${'  - *a\n'.repeat(20_000)}`, 'holds more than 10000 aliases'],
    ['of aliases of aliases of aliases', bomb, 'holds more than 10000 aliases'],
    ['that is not text', new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]), 'is not UTF-8 text'],
    ['with a NUL', 'server: { name: "a\\0" }', 'must be 1 to 64 letters'],
    ['with a key of a megabyte', `${'k'.repeat(1_000_000)}: 1`, ''],
  ])('%s ends in one problem', (_, content, message) => {
    const error = failure(content);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', problems: { length: 1 } });
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(500);
  });

  it('of 10,000 unknown keys gets an answer for each', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `servr${index}: 1`).join('\n');
    expect(failure(keys)).toMatchObject({ problems: { length: 10_000 } });
  });

  it('cannot reach the prototypes of objects', () => {
    const error = failure(`
__proto__: { polluted: 1 }
server: { __proto__: { port: 1 } }
upstreams: { __proto__: { targets: [] } }
routes:
  - { id: a, match: { path: /a }, upstream: constructor }
  - { id: b, match: { path: /b }, upstream: __proto__ }
`);
    expect(error.message.split('\n').map((line) => line.replace(/^gateway.yaml:\d+:\d+ /, ''))).toEqual([
      '__proto__: is not a possible key',
      'server.__proto__: is not a possible key',
      'upstreams.__proto__: is not a possible key',
      'routes[0].upstream: no upstream is called "constructor" (route "a"); there are no upstreams',
      'routes[1].upstream: no upstream is called "__proto__" (route "b"); there are no upstreams',
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('cannot write to the terminal of whoever reads the error', () => {
    expect(failure('"\\e[2J\\r": 1').message).toBe('gateway.yaml:1:1 ["\\u001b[2J\\r"]: unknown key');
  });
});

describe('a secret', () => {
  const SECRET = 'hunter2-0f8c';
  it.each([
    ['in braces', `management: { token: { ${SECRET} } }`],
    ['as a key', `management: { token: { ${SECRET}: x } }`],
    ['as a key given twice', `management: { token: { ${SECRET}: x, ${SECRET}: y } }`],
    ['as a key of what is not set', `management: { token: { ${SECRET}: "\${NOT_SET}" } }`],
    ['beside its file', `management: { token: { file: x, value: ${SECRET} } }`],
    ['in a list', `management: { token: [${SECRET}] }`],
    ['behind an open quote', `management:\n  token: "${SECRET}\n`],
    ['behind a backtick', `management:\n  token: \`${SECRET}\`\n`],
    ['before a bracket', `management:\n  token: ${SECRET}]\nroutes: [\n`],
    ['with a colon', `management:\n  token: ${SECRET}: x\n`],
    ['with a bad escape', `management:\n  token: "\\q${SECRET}"\n`],
    ['behind a tab', `management:\n\ttoken: ${SECRET}\n`],
    ['under a mistyped key', `management:\n  tokn: ${SECRET}\n`],
    ['under a tag', `management:\n  token: !secret ${SECRET}\n`],
    ['as an alias', `management:\n  token: *${SECRET}\n`],
    ['given twice', `management:\n  token: ${SECRET}\n  token: ${SECRET}x\n`],
    ['in a variable that is a number elsewhere', 'management:\n  token: ${TOKEN}\n  port: ${TOKEN}\n'],
    ['in a variable that names an upstream', 'routes:\n  - id: ${TOKEN}!\n'],
    ['in a variable of the environment', 'server: { port: 1 }'],
    ['in a header rule', `routes: [{ id: a, headers: { request: { set: { authorization: [${SECRET}] } } } }]`],
    [
      'in a header rule with a line break',
      `routes: [{ id: a, headers: { request: { set: { authorization: "${SECRET}\\n" } } } }]`,
    ],
    ['in the address of a target', `upstreams: { a: { targets: [{ url: "http://me:${SECRET}@h" }] } }`],
  ])('%s never appears in an error', (_, text) => {
    const error = failure(text, { TOKEN: SECRET, API_GATEWAY_PORT: SECRET });
    // Everything a logger could find on it: message, stack, problems, causes.
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(SECRET);
  });

  it.each([
    ['is missing', 'nowhere', 'no such file'],
    ['is empty', 'empty', 'is empty'],
    ['is a folder', '.', 'is a directory'],
    ['is too large', 'large', 'is larger than 65536 bytes'],
  ])('whose file %s is reported with the file and its place', (_, file, reason) => {
    writeFileSync(join(cwd, 'empty'), '\n');
    writeFileSync(join(cwd, 'large'), 'x'.repeat(70_000));
    expect(failure(`management:\n  token: { file: ${file} }`).message).toBe(
      `gateway.yaml:2:3 management.token: the file of the secret cannot be used: ${join(cwd, file)}: ${reason}`,
    );
  });
});
