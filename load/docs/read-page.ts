import { spawnSync } from 'node:child_process';
import { readDirective, runSettings, type Directive, type RunSettings } from './directive.ts';

/** One command of a page, or a file that the page tells to write. */
export interface Step {
  page: string;
  line: number;
  /** The command as it stands, or the content of the file. */
  text: string;
  /** What the page shows below the command; empty where it shows nothing. */
  shown: string[];
  directive: Directive;
  /** True for the last command of its block, which `until` and `expect` are about. */
  last: boolean;
}

interface Block {
  language: string;
  line: number;
  lines: string[];
  directive: Directive | null;
}

const SHELLS = new Set(['sh', 'bash', 'console']);

/** Everything that a page tells to do, in its order. A mistake in a directive throws with the page and the line. */
export function readPage(page: string, markdown: string): Step[] {
  return blocksOf(page, markdown).flatMap((block) => {
    const { language, directive } = block;
    if (directive?.kind === 'write')
      return [{ page, line: block.line, text: `${block.lines.join('\n')}\n`, shown: [], directive, last: true }];
    if (!SHELLS.has(language)) {
      if (directive !== null) throw new Error(`${page}:${block.line}: a block of ${language || 'text'} cannot be run`);
      return [];
    }
    return commandsOf(page, block, directive ?? runSettings);
  });
}

function blocksOf(page: string, markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let directive: Directive | null = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(\w*)/.exec(line);
    if (open !== null) {
      if (fence === null) open.lines.push(line);
      else open = null;
    } else if (fence !== null) {
      open = { language: fence[1], line: index + 2, lines: [], directive };
      directive = null;
      blocks.push(open);
    } else if (line.trim() !== '') {
      if (directive !== null) throw new Error(`${page}:${index}: a directive stands right above the block it is about`);
      directive = directiveAt(page, index + 1, line);
    }
  }
  if (open !== null) throw new Error(`${page}:${open.line - 1}: the block does not end`);
  if (directive !== null) throw new Error(`${page}: the last directive has no block`);
  return blocks;
}

function directiveAt(page: string, line: number, text: string): Directive | null {
  try {
    return readDirective(text);
  } catch (error) {
    throw new Error(`${page}:${line}: ${(error as Error).message}`, { cause: error });
  }
}

function commandsOf(page: string, block: Block, directive: RunSettings | { kind: 'not-run'; reason: string }): Step[] {
  const steps: Step[] = [];
  const isConsole = block.language === 'console' || block.lines.some((line) => line.startsWith('$ '));
  for (let i = 0; i < block.lines.length; i++) {
    const first = block.lines[i];
    if (isConsole && !first.startsWith('$ ')) {
      if (steps.length === 0 && first.trim() !== '')
        throw new Error(`${page}:${block.line + i}: output without a command, which begins with "$ "`);
      steps.at(-1)?.shown.push(first);
      continue;
    }
    if (!isConsole && (first.trim() === '' || first.trimStart().startsWith('#'))) continue;
    const line = block.line + i;
    let text = isConsole ? first.slice(2) : first;
    while (!isComplete(text)) {
      if (++i >= block.lines.length) throw new Error(`${page}:${line}: the command does not end`);
      text += `\n${block.lines[i]}`;
    }
    steps.push({ page, line, text, shown: [], directive, last: false });
  }
  const last = steps.at(-1);
  if (last === undefined) throw new Error(`${page}:${block.line}: a block without a command`);
  last.last = true;
  return steps;
}

/** Whether the shell would run it, rather than wait for another line. */
function isComplete(text: string): boolean {
  if (text.endsWith('\\')) return false;
  const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' });
  return status === 0 || !/unexpected (end of file|EOF)/.test(stderr);
}
