import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { isManagementPath } from '../pipeline/management-paths.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { renderProblem } from '../problems/render-problem.js';
import type { ManagementAccess } from './management-access.js';

/**
 * Puts the guard before every route under a management path, whoever registers it: controllers, Swagger, or the
 * controllers of users. It is set up as routes are registered, so requests of the data plane never meet it.
 */
export function guardManagement(fastify: FastifyInstance, access: ManagementAccess): void {
  const guard = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    // Never cached, never framed: these pages tell about the inside.
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    const decision = access.decide(request.raw);
    if (decision === 'open') done();
    else if (decision === 'hidden') refuse(reply, new Problem(problems.noRoute), request.raw.url ?? '');
    else
      refuse(
        reply,
        new Problem(problems.managementUnauthorized, { headers: ['www-authenticate', 'Bearer realm="sluice"'] }),
        request.raw.url ?? '',
      );
  };
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (!isManagementPath(route.url)) return;
    const others = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [guard, ...others] as RouteOptions['onRequest'];
  });
}

function refuse(reply: FastifyReply, problem: Problem, url: string): void {
  reply
    .code(problem.type.status)
    .headers(pairs(problem.headers))
    .header('content-type', 'application/problem+json')
    .send(renderProblem(problem, '', url.split('?', 1)[0]));
}

function pairs(flat: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) record[flat[i]] = flat[i + 1];
  return record;
}
