import { describe, expect, it } from '@jest/globals';
import { readPage } from './read-page.ts';

const page = (text: string) => readPage('page.md', text);
const texts = (text: string) => page(text).map((step) => step.text);

describe('the commands of a page', () => {
  it('are the lines of its sh blocks, without comments', () => {
    expect(texts('```sh\n# first\nmake a   # why\n\nmake b\n```\n')).toEqual(['make a   # why', 'make b']);
  });

  it('go on over lines as the shell reads them', () => {
    expect(texts('```sh\nT=$(curl \\\n  -d x)\nnode -e "1;\n2"\nif true; then\n  echo\nfi\nlast\n```')).toEqual([
      'T=$(curl \\\n  -d x)',
      'node -e "1;\n2"',
      'if true; then\n  echo\nfi',
      'last',
    ]);
  });

  it('have what a console shows below them, which they alone are held to', () => {
    expect(page('```console\n$ a \\\n    b\nout\n\nput\n$ c\n```')).toMatchObject([
      { line: 2, text: 'a \\\n    b', shown: ['out', '', 'put'], last: false },
      { line: 7, text: 'c', shown: [], last: true },
    ]);
  });

  it('are run by the settings right above the block', () => {
    const [step] = page('<!-- run: needs=demo timeout=90 expect="a b" env=SCALE=0.1,X= -->\n\n```sh\na\n```');
    expect(step.directive).toMatchObject({
      kind: 'run',
      needs: ['demo'],
      timeoutS: 90,
      expect: 'a b',
      env: { SCALE: '0.1', X: '' },
    });
  });

  it('leave out other languages, except a file to write', () => {
    expect(page('```yaml\na: 1\n```\n<!-- write: g.yaml -->\n```yaml\nb: 2\n```')).toMatchObject([
      { text: 'b: 2\n', directive: { kind: 'write', file: 'g.yaml' } },
    ]);
  });

  it('may be left out, with the reason', () => {
    expect(page('<!-- not run: takes a day -->\n```sh\na\n```')).toMatchObject([
      { directive: { kind: 'not-run', reason: 'takes a day' } },
    ]);
  });

  it.each([
    ['<!-- run: need=demo -->\n```sh\na\n```', 'page.md:1: no setting is called need'],
    ['<!-- run: needs=dmo -->\n```sh\na\n```', 'page.md:1: needs is one of demo, not dmo'],
    ['<!-- run: timeout=x -->\n```sh\na\n```', 'page.md:1: timeout is a number of seconds, not x'],
    ['<!-- write: ../x -->\n```sh\na\n```', 'page.md:1: not the name of a file: ../x'],
    ['<!-- not run: -->\n```sh\na\n```', 'page.md:1: "not run:" wants something behind it'],
    ['<!-- run: for=3 -->\ntext\n```sh\na\n```', 'page.md:1: a directive stands right above the block it is about'],
    ['<!-- run: for=3 -->\n```json\n{}\n```', 'page.md:3: a block of json cannot be run'],
    ['```sh\na "b\n```', 'page.md:2: the command does not end'],
    ['```sh\na', 'page.md:1: the block does not end'],
    ['```sh\n# only\n```', 'page.md:2: a block without a command'],
    ['```console\nout\n```', 'page.md:2: output without a command, which begins with "$ "'],
  ])('are refused in %j', (text, message) => {
    expect(() => page(text)).toThrow(message);
  });
});
