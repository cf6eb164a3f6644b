import { Inject, Injectable } from '@nestjs/common';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { removeField, setField } from '../pipeline/contract/response-head.js';
import type { Stage, StageHooks, Verdict } from '../pipeline/contract/stage.js';
import { AuthProviders } from './auth-providers.js';
import { compileRefusals, type Refusals } from './challenges.js';
import type { CredentialCheck, Finding } from './credential-checks.js';
import { accessRefused } from './events.js';
import { ProvenIdentity } from './proven-identity.js';

/** Finds out who asks, and tells the upstream. */
@Injectable()
export class AuthenticateStage implements Stage {
  readonly name = 'authenticate';

  constructor(@Inject(AuthProviders) private readonly providers: AuthProviders) {}

  compile(route: RouteConfig, config: GatewayConfig): StageHooks | null {
    const { auth } = route;
    if (auth === undefined) return null;
    const { fieldsOf } = this.providers;
    const checks = this.providers.checks(auth.providers);
    const refusals = compileRefusals(checks, config.auth.realm);
    const hidden = this.providers.hiddenFields(auth.providers);
    // Rules of the route have been followed by then: what they take away stays away, what they write gives way. Of what
    // clients write under such a name nothing is left (see FieldActions).
    const { add, set, remove } = route.headers.request;
    const names = Object.keys(config.auth.identityHeaders);
    const unsaid = remove.filter((name) => names.includes(name));
    const overwrites = names.some((name) => name in add || name in set);
    return {
      request: (context) => authenticate(context, checks, refusals, auth.required),
      explain: ({ head }) => ({
        required: auth.required,
        credentials: checks.map(({ scheme, field }) => ({ scheme, field, shown: head.field(field) !== undefined })),
      }),
      forward({ identity }, headers) {
        for (let i = 0; i < hidden.length; i++) removeField(headers, hidden[i]);
        if (identity === null) return;
        // A stage of somebody else's may have found out who asks.
        const fields = identity instanceof ProvenIdentity ? identity.fields : fieldsOf(identity);
        for (let i = 0; i < fields.length; i += 2) {
          if (unsaid.length > 0 && unsaid.includes(fields[i])) continue;
          if (overwrites) setField(headers, fields[i], fields[i + 1]);
          else headers.push(fields[i], fields[i + 1]);
        }
      },
    };
  }
}

function authenticate(
  context: RequestContext,
  checks: readonly CredentialCheck[],
  refusals: Refusals,
  required: boolean,
): Verdict | Promise<Verdict> {
  const fields = context.head.raw;
  for (let i = 0; i < checks.length; i++) {
    const found = checks[i].identify(fields);
    if (found === undefined) continue;
    if (found instanceof Promise) return found.then((later) => decide(context, later, refusals));
    return decide(context, found, refusals);
  }
  if (!required) return undefined;
  context.events.emit(accessRefused, { context, reason: 'missing' });
  return refusals.missing;
}

/** Credentials that are shown must hold, also where none are needed: who shows some wants to be known by them. */
function decide(context: RequestContext, found: Finding, refusals: Refusals): Verdict {
  if (typeof found !== 'string') {
    context.identity = found ?? null;
    return undefined;
  }
  context.events.emit(accessRefused, { context, reason: found });
  return refusals.of(found);
}
