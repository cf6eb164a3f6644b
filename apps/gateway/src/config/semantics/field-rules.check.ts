import { whyNotTouched } from './gateway-fields.js';
import type { RouteCheck, RouteProblem } from './semantic-check.js';

/** Field rules leave alone what frames a message: another value there would let one request pass as two. */
export const checkFieldRules: RouteCheck = ({ headers }) =>
  (['request', 'response'] as const).flatMap((side) => {
    const { add, set, remove } = headers[side];
    return [
      ...Object.keys(add).map((field) => ({ field, at: ['headers', side, 'add', field] })),
      ...Object.keys(set).map((field) => ({ field, at: ['headers', side, 'set', field] })),
      ...remove.map((field, index) => ({ field, at: ['headers', side, 'remove', index] })),
    ].flatMap(({ field, at }): RouteProblem[] => {
      const reason = whyNotTouched(field);
      return reason === null ? [] : [{ at, ...reason }];
    });
  });
