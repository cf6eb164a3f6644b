import { budgetOf } from '../config/route-budget.js';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import { sampleRequest } from './sample-request.js';
import { ownAllowance } from './sustained-rate.js';

/** Routes by their ids, with what a load test needs to know of them, as it is written into the generated module. */
export function routesUnderLoad(config: GatewayConfig): Record<string, unknown> {
  return Object.fromEntries(
    config.routes.flatMap((route) => {
      const request = sampleRequest(route);
      if (request === null) return [];
      const facts = {
        ...request,
        statuses: statusesOf(route),
        token: tokenOf(route),
        allowance: ownAllowance(route, config.rateLimit),
        budget: budgetOf(route, config),
      };
      return [[route.id, facts]];
    }),
  );
}

/** Where the gateway itself answers, it is known with what. */
function statusesOf({ respond }: RouteConfig): [number, number] {
  return respond === undefined ? [200, 399] : [respond.status, respond.status];
}

function tokenOf({ auth }: RouteConfig): 'none' | 'optional' | 'required' {
  if (auth === undefined) return 'none';
  return auth.required ? 'required' : 'optional';
}
