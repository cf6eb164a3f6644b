import { isIP } from 'node:net';
import { z } from 'zod';
import type { Question } from './explain.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

const questionSchema = z.strictObject({
  method: z.string().regex(TOKEN, 'must be an HTTP method').toUpperCase().default('GET'),
  url: z.string({ error: 'must be a path or a URL' }).min(1, 'must be a path or a URL').max(8_192),
  header: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat())
    .pipe(z.array(z.string().regex(LINE, 'must be "name: value"')).max(100))
    .default([]),
  client: z
    .string()
    .refine((text) => isIP(text) > 0, 'must be an IP address')
    .default('127.0.0.1'),
});

const brand = Symbol.for('sluice.question-error');

/** A question that cannot be asked; the message names every mistake. */
export class QuestionError extends Error {
  readonly [brand] = true;
  override readonly name = 'QuestionError';

  static is(value: unknown): value is QuestionError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** @param input `method`, `url`, `header` (lines `name: value`) and `client`, as people write them */
export function readQuestion(input: unknown): Question {
  const read = questionSchema.safeParse(input);
  if (!read.success) {
    throw new QuestionError(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
  const { method, url, header, client } = read.data;
  return {
    method,
    target: url,
    headers: header.flatMap((line) => LINE.exec(line)?.slice(1, 3) ?? []),
    clientAddress: client,
  };
}
