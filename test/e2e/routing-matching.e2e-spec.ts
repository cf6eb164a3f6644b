import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { call, type CallOptions } from '../helpers/call.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Match = NonNullable<ConfigObject['routes']>[number]['match'];

/** Starts a gateway whose routes answer with their own names. */
function startRoutes(routes: Readonly<Record<string, Match & { priority?: number }>>): Promise<RunningGateway> {
  return startGateway({
    routes: Object.entries(routes).map(([id, { priority = 0, ...match }]) => ({
      id,
      match,
      priority,
      respond: { body: id },
    })),
  });
}

/** The name of the route that takes a request, or the status when none does. */
async function routeOf({ url }: RunningGateway, path: string, options?: CallOptions): Promise<string | number> {
  const reply = await call(url + path, options);
  return reply.status === 200 ? reply.text : reply.status;
}

describe('a route with a host', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startRoutes({
      exact: { path: '/*', hosts: ['shop.example.com'] },
      wildcard: { path: '/*', hosts: ['*.example.com'] },
      any: { path: '/*' },
    });
  });
  afterAll(() => gateway?.close());

  it.each([
    ['shop.example.com', 'exact'],
    ['SHOP.Example.COM', 'exact'],
    ['shop.example.com:8443', 'exact'],
    ['other.example.com', 'wildcard'],
    ['example.com', 'any'],
  ])('%s is taken by the %s one', async (host, route) => {
    expect(await routeOf(gateway, '/x', { headers: { host } })).toBe(route);
  });
});
