import { SetMetadata } from '@nestjs/common';
import type { Requirement } from '../core/requirement.js';
import { REQUIREMENT } from './auth.constants.js';

/** What a caller of a controller or a handler must have, held by TokenGuard. All of it, unless `match` is `any`. */
export function Requires(required: Partial<Requirement>): MethodDecorator & ClassDecorator {
  return SetMetadata(REQUIREMENT, { permissions: [], roles: [], match: 'all', ...required } satisfies Requirement);
}
