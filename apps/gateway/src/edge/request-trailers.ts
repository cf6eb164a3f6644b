import { mayTrail } from '../pipeline/contract/trailer-fields.js';
import { Action, actionFor } from './field-actions.js';

/**
 * Takes from the trailer fields of a request those that may go on. What a client must not say in its head, it must not
 * say behind its body either: some servers merge the two.
 *
 * @param raw fields as they came, flat
 */
export function forwardableTrailers(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    if (actionFor(raw[i]) === Action.Pass && mayTrail(raw[i])) kept.push(raw[i], raw[i + 1]);
  }
  return kept;
}
