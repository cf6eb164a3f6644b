import { formatPath } from '../config/config-path.js';
import type { SemanticCheck } from '../config/semantics/semantic-check.js';
import { findConflicts } from './conflicts.js';

/** Refuses a configuration in which only chance would decide between two routes. */
export const checkRouteConflicts: SemanticCheck = ({ routes }) =>
  findConflicts(routes).map(({ indexes, message }) => ({ path: formatPath(['routes', indexes[1], 'match']), message }));
