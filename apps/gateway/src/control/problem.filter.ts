import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';

/** Failures of controllers, in the same form as those of the data plane. Reasons go to the log, not to the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ControlPlane');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const known = error instanceof HttpException;
    const status = known ? error.getStatus() : ((error as { statusCode?: number }).statusCode ?? 500);
    if (status >= 500 && !known) this.logger.error(error);
    const body = known ? error.getResponse() : null;
    // A health report is an answer, not a problem.
    if (typeof body === 'object' && body !== null && 'details' in body) {
      void reply.code(status).send(body);
      return;
    }
    const title = STATUS_CODES[status] ?? 'Error';
    void reply
      .code(status)
      .header('content-type', 'application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          title,
          status,
          detail: known ? error.message : title,
          instance: request.url.split('?', 1)[0],
          code: `control-${status}`,
        }),
      );
  }
}
