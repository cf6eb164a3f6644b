import {
  ForbiddenException,
  Inject,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { AMBIGUOUS, bearerToken, singleField } from '../core/credentials.js';
import { bearerChallenge, describeFault } from '../core/jwt/describe-fault.js';
import type { TokenFault } from '../core/jwt/token-fault.js';
import { meets, missingOf, type Holder, type Requirement } from '../core/requirement.js';
import { AUTH_OPTIONS, REQUIREMENT } from './auth.constants.js';
import type { AuthModuleOptions } from './auth.module.js';

/** What the platforms of Nest have in common here. */
interface AnyRequest {
  readonly rawHeaders?: readonly string[];
  /** Node's own request, where the platform wraps it. */
  readonly raw?: { readonly rawHeaders: readonly string[] };
  caller?: Holder;
}

/**
 * Lets requests with a good bearer token through, and those only whose caller has what `@Requires` asks for. The core
 * is that of the gateway. `request.caller` is what the verifier made of the token.
 */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(@Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<AnyRequest>();
    const value = singleField(request.rawHeaders ?? request.raw?.rawHeaders ?? [], 'authorization');
    if (value === AMBIGUOUS) return this.refuse(context, 'The credentials came more than once.');
    const token = value === undefined ? undefined : bearerToken(value);
    if (token === undefined) return this.refuse(context, null);
    const { verifier } = this.options;
    const found = verifier.verify(token);
    const fetched = found === 'key-unknown' || found === 'keys-unavailable' ? verifier.refetch() : null;
    if (fetched === null) return this.decide(context, request, found);
    return fetched.then(() => this.decide(context, request, verifier.verify(token)));
  }

  private decide(context: ExecutionContext, request: AnyRequest, found: Holder | TokenFault): true {
    if (found === 'keys-unavailable') throw new ServiceUnavailableException(describeFault(found));
    if (typeof found === 'string') return this.refuse(context, describeFault(found));
    request.caller = found;
    // What stands at the handler outweighs what stands at its controller.
    const required = requirementOf(context.getHandler()) ?? requirementOf(context.getClass());
    if (required !== undefined && !meets(found, required)) {
      throw new ForbiddenException({ message: 'The permissions do not suffice.', missing: missingOf(found, required) });
    }
    return true;
  }

  private refuse(context: ExecutionContext, description: string | null): never {
    const response = context.switchToHttp().getResponse<{ header(name: string, value: string): unknown }>();
    response.header('www-authenticate', bearerChallenge(this.options.realm, description));
    throw new UnauthorizedException(description ?? 'Credentials are missing.');
  }
}

function requirementOf(target: object): Requirement | undefined {
  return Reflect.getMetadata(REQUIREMENT, target) as Requirement | undefined;
}
