import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { InvalidInputException } from './invalid-input.exception.js';

/** Checks a body or query against a schema and hands on what the schema made of it. Reports every error at once. */
export class SchemaPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(value: unknown): z.output<Schema> {
    const result = this.schema.safeParse(value);
    if (result.success) return result.data;
    throw new InvalidInputException(
      'The request is not valid.',
      result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    );
  }
}
