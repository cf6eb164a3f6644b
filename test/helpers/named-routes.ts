import { afterAll, beforeAll } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { call, type CallOptions } from './call.js';
import { startGateway, type RunningGateway } from './start-gateway.js';

type Route = NonNullable<ConfigObject['routes']>[number];

/** What routes take, by their names. */
export type Matches = Readonly<Record<string, Route['match'] & { readonly priority?: number }>>;

/** Routes that answer with their own names. */
export function namedRoutes(matches: Matches): Route[] {
  return Object.entries(matches).map(([id, { priority = 0, ...match }]) => ({
    id,
    match,
    priority,
    respond: { headers: { 'x-route': id } },
  }));
}

/** The name of the route that takes a request, or the status when none does. */
export async function routeOf({ url }: RunningGateway, path: string, options?: CallOptions): Promise<string | number> {
  const reply = await call(url + path, options);
  return reply.field('x-route') ?? reply.status;
}

/** One gateway for all tests of a `describe`; gives what asks it for the route of a request. */
export function givenRoutes(matches: Matches): (path: string, options?: CallOptions) => Promise<string | number> {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ routes: namedRoutes(matches) });
  });
  afterAll(() => gateway?.close());
  return (path, options) => routeOf(gateway, path, options);
}
