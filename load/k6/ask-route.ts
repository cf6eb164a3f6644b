import http, { type Response } from 'k6/http';
import { routes } from '../generated/budgets.ts';
import { bearer, type Session } from './credentials.ts';
import { demoRequests } from './demo-requests.ts';
import { target } from './target.ts';

const callbacks = new Map(
  Object.entries(routes).map(
    ([
      id,
      {
        statuses: [min, max],
      },
    ]) => [id, http.expectedStatuses({ min, max })],
  ),
);

/** Asks for the route in `__ENV.ROUTE`: what the generated scenarios call. */
export function askRoute(session: Session): Response {
  return ask(__ENV.ROUTE ?? '', session);
}

/** Asks for a route once, tagged with it. An answer that is none of its statuses counts as failed. */
export function ask(id: string, session: Session): Response {
  const route = routes[id];
  if (route === undefined) throw new Error(`no route is called "${id}"`);
  const { method, path, body = null } = { ...route, ...demoRequests[id] };
  const headers = {
    ...route.headers,
    ...(route.token === 'none' ? {} : bearer(session)),
    ...(body === null ? {} : { 'content-type': 'application/json' }),
  };
  return http.request(method, target + path, body, {
    headers,
    redirects: 0,
    tags: { route: id },
    responseCallback: callbacks.get(id),
  });
}
