import { BadRequestException, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';

/** Holds the body of a request against a schema; what does not fit is 400, with all that is wrong. */
export class ZodBodyPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(body: unknown): z.output<Schema> {
    const read = this.schema.safeParse(body);
    if (!read.success) throw new BadRequestException(z.prettifyError(read.error));
    return read.data;
  }
}
