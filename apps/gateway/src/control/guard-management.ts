import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isManagementPath } from '../pipeline/management-paths.js';
import { problemMessage } from '../pipeline/problem-message.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import type { ManagementAccess } from './management-access.js';

/**
 * Stands before everything under a management path, whoever serves it (controllers, Swagger, the controllers of users),
 * and before what nobody serves there: a stranger cannot tell the one from the other. Requests of the data plane never
 * meet it.
 */
export function guardManagement(fastify: FastifyInstance, access: ManagementAccess): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const path = (request.raw.url ?? '').split('?', 1)[0];
    // The route, where there is one: Fastify decodes paths before it compares them.
    if (!isManagementPath(request.routeOptions.url ?? path)) {
      done();
      return;
    }
    // Never cached, never framed: these pages tell about the inside.
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    const decision = access.decide(request.raw);
    if (decision === 'open') done();
    else if (decision === 'hidden') refuse(reply, new Problem(problems.noRoute), path);
    else if (decision === 'limited') {
      refuse(reply, new Problem(problems.managementLimited, { headers: ['retry-after', '6'] }), path);
    } else {
      const headers = ['www-authenticate', 'Bearer realm="sluice"'];
      refuse(reply, new Problem(problems.managementUnauthorized, { headers }), path);
    }
  });
}

function refuse(reply: FastifyReply, problem: Problem, path: string): void {
  const { headers, body } = problemMessage(problem, path);
  reply.code(problem.type.status);
  for (let i = 0; i < headers.length; i += 2) reply.header(headers[i], headers[i + 1]);
  // As bytes, since Fastify would add a charset to text, which JSON does not have.
  void reply.send(Buffer.from(body));
}
