import { createHash } from 'node:crypto';
import { isPlainObject } from './deep-readonly.js';

/**
 * Short name of an effective configuration: equal for equal configurations, however they are written and ordered.
 * Secrets count, so that a changed secret is a new revision.
 */
export function revisionOf(config: unknown): string {
  return createHash('sha256').update(canonical(config)).digest('hex').slice(0, 12);
}

function canonical(config: unknown): string {
  return JSON.stringify(config, (_key, value: unknown) =>
    isPlainObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}
