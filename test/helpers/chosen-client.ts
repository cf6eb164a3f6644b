import type { ConfigObject } from '../../apps/gateway/src/config/index.js';

type Client = 'native' | 'undici';

/** The client that upstreams of the tests have when they name none; set by the project of jest that runs them. */
export const chosenClient: Client = process.env.SLUICE_TEST_CLIENT === 'undici' ? 'undici' : 'native';

/** Gives every upstream that names no client the chosen one. */
export function withClient(config: ConfigObject): ConfigObject {
  const { upstreams } = config;
  if (upstreams === undefined || chosenClient === 'native') return config;
  return {
    ...config,
    upstreams: Object.fromEntries(
      Object.entries(upstreams).map(([name, upstream]) => [name, { client: chosenClient, ...upstream }]),
    ),
  };
}
