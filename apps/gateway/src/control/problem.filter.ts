import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { newRequestId } from '../edge/request-id.js';
import { problems } from '../problems/registry.js';

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
    const body = known ? error.getResponse() : null;
    // A health report is an answer, not a problem.
    if (typeof body === 'object' && body !== null && 'details' in body) {
      void reply.code(status).send(body);
      return;
    }
    const requestId = newRequestId();
    if (status >= 500 && !known) {
      this.logger.error(
        `request ${requestId} failed: ${String(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
    }
    const title = STATUS_CODES[status] ?? 'Error';
    // What no controller serves is refused as what no route serves.
    const unserved = status === 404 && request.routeOptions.url === undefined;
    const problem = unserved
      ? problems.noRoute
      : { code: `control-${status}`, title, detail: known ? error.message : title };
    const text = JSON.stringify({
      type: unserved ? `urn:sluice:problem:${problem.code}` : 'about:blank',
      title: problem.title,
      status,
      detail: problem.detail,
      instance: request.url.split('?', 1)[0],
      code: problem.code,
      requestId,
    });
    void reply
      .code(status)
      .headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'x-request-id': requestId })
      // As bytes, since Fastify would add a charset to text, which JSON does not have.
      .send(Buffer.from(text));
  }
}
