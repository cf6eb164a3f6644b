import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type YAMLError } from 'yaml';
import type { ConfigProblem } from '../config-error.js';
import { DEPTH_MAX } from './depth.js';

// About 50 of them make a small route. The bound keeps a file within its 5 MiB from taking gigabytes of memory.
const TOKENS_MAX = 1_000_000;
const SYNTAX_PROBLEMS_MAX = 10;

export interface YamlDocument {
  readonly document: Document.Parsed | null;
  readonly lines: LineCounter;
  readonly problems: ConfigProblem[];
}

/** Parses YAML 1.2 (and so JSON) of one document with core tags only, in bounded depth, time and memory. */
export function parseYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const refused = (message: string, offset = 0): YamlDocument => {
    const { line, col } = lines.linePos(offset);
    return { document: null, lines, problems: [{ path: '', message, line, column: col }] };
  };
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let count = 0;
  let flowDepth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > TOKENS_MAX) return refused('holds too many values');
    if (lexeme === '[' || lexeme === '{') flowDepth++;
    else if (lexeme === ']' || lexeme === '}') flowDepth--;
    if (flowDepth > DEPTH_MAX) return refused(`is nested deeper than ${DEPTH_MAX} levels`);
    for (const token of parser.next(lexeme)) tokens.push(token);
  }
  for (const token of parser.end()) tokens.push(token);
  // The composer recurses, so that what it gets must be shallow.
  const tooDeep = findDeeperThan(tokens, 2 * DEPTH_MAX);
  if (tooDeep !== null) return refused(`is nested deeper than ${DEPTH_MAX} levels`, tooDeep);
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
    // Ours is linear: see value-builder.ts.
    uniqueKeys: false,
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const errors = documents.flatMap((document) => [...document.errors, ...document.warnings]);
  const problems = errors.map((error) => explain(error, text, lines));
  if (problems.length === 0 && documents.length > 1) {
    const { line, col } = lines.linePos(documents[1].range[0]);
    problems.push({ path: '', message: 'holds more than one YAML document', line, column: col });
  }
  return { document: documents[0], lines, problems: onePerLine(problems) };
}

function findDeeperThan(tokens: readonly CST.Token[], depthMax: number): number | null {
  let level: CST.Token[] = [...tokens];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return level[0].offset;
    level = level.flatMap(innerTokens);
  }
  return null;
}

function innerTokens(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((inner): inner is CST.Token => inner != null));
}

const QUOTE = 'put the text in quotes';
/** YAML sees a mapping begin there; the lines behind it are then read wrongly as well. */
const UNQUOTED_VARIABLE = ['${…} inside of { } or [ ] needs quotes', 'write "${NAME}"'] as const;
/** The parser's own messages quote the file, which may hold secrets; these do not. */
const MESSAGES: Readonly<Record<string, readonly [message: string, hint?: string]>> = {
  BAD_ALIAS: ['"*" at the beginning of a value stands for an alias', QUOTE],
  BAD_SCALAR_START: ['a value cannot begin with this character', QUOTE],
  BAD_DQ_ESCAPE: ['not an escape of a double-quoted text', 'use single quotes, or double the backslash'],
  BAD_INDENT: ['wrong indentation, or a bracket that is not closed'],
  BLOCK_AS_IMPLICIT_KEY: ['a second ": " on the line', QUOTE],
  BLOCK_IN_FLOW: ['indented YAML inside { } or [ ]'],
  MISSING_CHAR: ['something is missing here: a quote, a bracket, a comma, a colon or a space'],
  MULTILINE_IMPLICIT_KEY: ['a line without ": " where a key was expected'],
  RESOURCE_EXHAUSTION: ['is nested too deeply'],
  TAB_AS_INDENT: ['a tab in the indentation', 'use spaces'],
  TAG_RESOLVE_FAILED: ['custom tags ("!") are not supported'],
  UNEXPECTED_TOKEN: ['not valid YAML here'],
};

function explain({ code, pos: [offset] }: YAMLError, text: string, lines: LineCounter): ConfigProblem {
  const { line, col } = lines.linePos(offset);
  const variable = text.startsWith('${', offset - 1);
  const [message, hint] = variable ? UNQUOTED_VARIABLE : (MESSAGES[code] ?? [`not valid YAML (${code})`]);
  return { path: '', message, ...(hint === undefined ? {} : { hint }), line, column: col };
}

/** What follows a syntax error on its line is mostly its echo. */
function onePerLine(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const variables = problems.filter(({ message }) => message === UNQUOTED_VARIABLE[0]);
  const byLine = new Map<number | undefined, ConfigProblem>();
  for (const problem of variables.length > 0 ? variables : problems) {
    if (!byLine.has(problem.line)) byLine.set(problem.line, problem);
  }
  return [...byLine.values()].slice(0, SYNTAX_PROBLEMS_MAX);
}
