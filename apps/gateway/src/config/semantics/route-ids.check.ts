import { formatPath } from '../config-path.js';
import type { SemanticCheck } from './semantic-check.js';

/** What requests without a route are counted under. */
const NO_ROUTE = 'none';

/** The id is the label of a route in metrics and logs, so two routes cannot share one, nor take that of no route. */
export const checkRouteIds: SemanticCheck = ({ routes }) => {
  const firstWith = new Map<string, number>();
  return routes.flatMap(({ id }, index) => {
    if (id === NO_ROUTE) {
      return [
        { path: formatPath(['routes', index, 'id']), message: '"none" is the label of requests without a route' },
      ];
    }
    const first = firstWith.get(id);
    if (first === undefined) {
      firstWith.set(id, index);
      return [];
    }
    return [{ path: formatPath(['routes', index, 'id']), message: `routes[${first}] has the id "${id}" already` }];
  });
};
