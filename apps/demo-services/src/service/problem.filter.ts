import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyError, FastifyReply } from 'fastify';
import { InvalidInputException } from './invalid-input.exception.js';
import { problemBody, PROBLEM_TYPE } from './problem.js';

/** Turns every failure into a problem (RFC 9457). What is not a client's doing is logged and hidden. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, detail } = describe(exception);
    if (status === 500) this.logger.error(exception);
    const errors = exception instanceof InvalidInputException ? exception.errors : undefined;
    // As bytes: Fastify adds a charset to JSON text, and this media type has none.
    const body = Buffer.from(JSON.stringify(problemBody(status, detail, errors)));
    void reply.status(status).type(PROBLEM_TYPE).send(body);
  }
}

function describe(exception: unknown): { status: number; detail: string } {
  if (exception instanceof HttpException) return { status: exception.getStatus(), detail: exception.message };
  // Fastify's own errors (a body too large, JSON that does not parse) carry a status.
  const { statusCode = 500, message = '' } = (exception ?? {}) as Partial<FastifyError>;
  if (statusCode >= 400 && statusCode < 500) return { status: statusCode, detail: message };
  return { status: 500, detail: 'The service failed.' };
}
