import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readPlain, readTyped } from './scalar-text.js';

describe('plain text', () => {
  it.each([
    ['12', 12],
    ['-3', -3],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['0x1f', 31],
    ['0o17', 15],
    ['true', true],
    ['False', false],
    ['', null],
    ['~', null],
    ['null', null],
    ['yes', 'yes'],
    ['1.2.3', '1.2.3'],
    ['012a', '012a'],
    ['NaN', 'NaN'],
  ])('%j is read as %j', (text, expected) => {
    expect(readPlain(text)).toBe(expected);
  });
});

describe('text for a key', () => {
  const text = z.string();
  const number = z.int();
  it.each([
    ['a number where one is wanted', '8080', [number], false, 8080],
    ['a number in quotes where one is wanted', '8080', [number], true, 8080],
    ['a number with space around it', ' 8080 ', [number], false, 8080],
    ['digits where text is wanted', '007', [text], false, '007'],
    ['"true" where text is wanted', 'true', [text], false, 'true'],
    ['space where text is wanted', ' a ', [text], false, ' a '],
    ['a boolean where one is wanted', 'true', [z.boolean()], true, true],
    ['a literal number', '301', [z.union([z.literal(301), z.literal(302)])], true, 301],
    ['an enumerated text', 'br', [z.enum(['br', 'gzip'])], false, 'br'],
    ['a number where both are welcome', '5', [z.union([text, number])], false, 5],
    ['a number in quotes where both are welcome', '5', [z.union([text, number])], true, '5'],
    ['nothing where null is welcome', '', [text.nullable()], false, null],
    ['nothing in quotes', '', [text.nullable()], true, ''],
    ['nothing where a number is wanted', '', [number], false, null],
    ['"null" where text is wanted', 'null', [text], false, 'null'],
    ['a number where anything is welcome', '5', [z.unknown()], false, 5],
    ['a number for an unknown key', '5', [], false, 5],
    ['a number in quotes for an unknown key', '5', [], true, '5'],
    ['what is no number where one is wanted', 'abc', [number], false, 'abc'],
    ['a number behind defaults', '5', [number.nullable().default(1)], false, 5],
  ])('%s', (_, given, schemas, quoted, expected) => {
    expect(readTyped(given, schemas, quoted)).toBe(expected);
  });
});
