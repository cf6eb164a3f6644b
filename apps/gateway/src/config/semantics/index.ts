import type { ConfigProblem } from '../config-error.js';
import { formatPath } from '../config-path.js';
import type { GatewayConfig } from '../schema/gateway.schema.js';
import { checkAuth, checkRouteAuth } from './auth.check.js';
import { checkControlPlane, checkPorts } from './control-plane.check.js';
import { checkCors } from './cors.check.js';
import { checkFieldRules } from './field-rules.check.js';
import { checkHosts } from './hosts.check.js';
import { checkIdentityHeaders } from './identity-headers.check.js';
import { checkMatchPath } from './match-path.check.js';
import { checkMethods } from './methods.check.js';
import { checkResilience, checkRouteRetry } from './resilience.check.js';
import { checkGlobalLimits, checkRouteLimits } from './rate-limits.check.js';
import { checkRespond } from './respond.check.js';
import { checkRouteIds } from './route-ids.check.js';
import { checkRouteTarget } from './route-target.check.js';
import type { RouteCheck, SemanticCheck } from './semantic-check.js';
import { checkTemplates } from './templates.check.js';
import { checkUpstreams } from './upstreams.check.js';

const routeChecks: readonly RouteCheck[] = [
  checkRouteTarget,
  checkMatchPath,
  checkHosts,
  checkMethods,
  checkTemplates,
  checkFieldRules,
  checkRespond,
  checkCors,
  checkRouteRetry,
  checkControlPlane,
  checkRouteAuth,
  checkRouteLimits,
];

const configChecks: readonly SemanticCheck[] = [
  checkRouteIds,
  checkUpstreams,
  checkResilience,
  checkPorts,
  checkAuth,
  checkIdentityHeaders,
  checkGlobalLimits,
];

/**
 * Everything that is wrong between the values of a configuration that its schema accepts.
 *
 * @param more checks of others who know more: the router knows which routes conflict
 */
export function checkSemantics(config: GatewayConfig, more: readonly SemanticCheck[] = []): ConfigProblem[] {
  const ofRoutes = config.routes.flatMap((route, index) =>
    routeChecks
      .flatMap((check) => check(route, config))
      .map(({ at, message, hint }) => ({
        path: formatPath(['routes', index, ...at]),
        message: `${message} (route "${route.id}")`,
        hint,
      })),
  );
  return [...ofRoutes, ...[...configChecks, ...more].flatMap((check) => check(config))];
}
