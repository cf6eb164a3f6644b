import { formatPath } from '../config-path.js';
import type { SemanticCheck } from './semantic-check.js';

/** The id is the label of a route in metrics and logs, so two routes cannot share one. */
export const checkRouteIds: SemanticCheck = ({ routes }) => {
  const firstWith = new Map<string, number>();
  return routes.flatMap(({ id }, index) => {
    const first = firstWith.get(id);
    if (first === undefined) {
      firstWith.set(id, index);
      return [];
    }
    return [{ path: formatPath(['routes', index, 'id']), message: `routes[${first}] has the id "${id}" already` }];
  });
};
