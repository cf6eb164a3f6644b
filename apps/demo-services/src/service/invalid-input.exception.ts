import { BadRequestException } from '@nestjs/common';
import type { FieldProblem } from './problem.js';

/** 400: the request is well-formed HTTP, and what it says is not what this service takes. */
export class InvalidInputException extends BadRequestException {
  constructor(
    detail: string,
    readonly errors: readonly FieldProblem[],
  ) {
    super(detail);
  }
}
