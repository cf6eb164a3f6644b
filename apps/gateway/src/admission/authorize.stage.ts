import { meets, missingOf, type Requirement } from '@app/auth';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { Identity } from '../pipeline/contract/identity.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { accessRefused } from './events.js';

/** Holds the rights of those who ask against what the route wants. */
export class AuthorizeStage implements Stage {
  readonly name = 'authorize';

  compile({ auth }: RouteConfig, config: GatewayConfig): StageHooks | null {
    if (auth === undefined || (auth.permissions.length === 0 && auth.roles.length === 0)) return null;
    const { permissions, roles, match } = auth;
    return {
      explain: () => ({ permissions, roles, match }),
      request: (context) =>
        context.identity !== null && meets(context.identity, auth)
          ? undefined
          : refuse(context, auth, config.auth.realm),
    };
  }
}

const NOBODY: Pick<Identity, 'permissions' | 'roles' | 'apiKey'> = { permissions: [], roles: [], apiKey: '' };

function refuse(context: RequestContext, required: Requirement, realm: string): Problem {
  context.events.emit(accessRefused, { context, reason: 'forbidden' });
  const holder = context.identity ?? NOBODY;
  const missing = missingOf(holder, required);
  return new Problem(problems.forbidden, {
    // RFC 6750 section 3.1; whoever came with an API key cannot ask for more scope.
    headers: holder.apiKey === '' ? ['www-authenticate', insufficientScope(required, realm)] : [],
    members: {
      ...(missing.permissions.length > 0 ? { missingPermissions: missing.permissions } : {}),
      ...(missing.roles.length > 0 ? { missingRoles: missing.roles } : {}),
      match: required.match,
    },
  });
}

function insufficientScope({ permissions }: Requirement, realm: string): string {
  // RFC 6749 section 3.3: what a scope may be made of.
  const scopes = permissions.filter((permission) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(permission));
  const scope = scopes.length === 0 ? '' : `, scope="${scopes.join(' ')}"`;
  return `Bearer realm="${realm}", error="insufficient_scope"${scope}`;
}
