import { checkAuthKeys } from './admission/auth-keys.check.js';
import type { SemanticCheck } from './config/semantics/semantic-check.js';
import { checkRedisAddress } from './redis-address.check.js';
import { checkRouteConflicts } from './routing/route-conflicts.check.js';

/** What is checked between the values of a configuration by those who know more than its schema. */
export const configChecks: readonly SemanticCheck[] = [checkRouteConflicts, checkRedisAddress, checkAuthKeys];
