import type { AuthConfig } from './schema/gateway.schema.js';

export type JwtConfig = AuthConfig['jwt'];
export type ApiKeysConfig = NonNullable<AuthConfig['providers'][string]['apiKeys']>;

/** A provider of credentials as the configuration describes it. A right one has either `jwt` or `apiKeys`. */
export interface ConfiguredProvider {
  readonly name: string;
  /** Where its settings stand. */
  readonly at: readonly PropertyKey[];
  readonly jwt: JwtConfig | null;
  readonly apiKeys: ApiKeysConfig | null;
}

/** Names of the providers that have a place of their own in the configuration. */
export const RESERVED_PROVIDERS = ['jwt', 'api-key'] as const;

/** All providers, in the order in which a route that names none looks at them. */
export function configuredProviders({ jwt, apiKeys, providers }: AuthConfig): ConfiguredProvider[] {
  const found: ConfiguredProvider[] = [];
  if (hasKey(jwt)) found.push({ name: 'jwt', at: ['auth', 'jwt'], jwt, apiKeys: null });
  if (apiKeys.length > 0) {
    const settings = { header: 'x-api-key', keys: apiKeys, forwardKey: false };
    found.push({ name: 'api-key', at: ['auth', 'apiKeys'], jwt: null, apiKeys: settings });
  }
  for (const [name, provider] of Object.entries(providers)) {
    const at = ['auth', 'providers', name];
    found.push({ name, at, jwt: provider.jwt ?? null, apiKeys: provider.apiKeys ?? null });
  }
  return found;
}

/** Whether anything is there to check tokens with. */
export function hasKey({ secret, publicKey, jwks }: JwtConfig): boolean {
  return secret !== null || publicKey !== null || jwks !== null;
}

/** The algorithms that a provider pins. */
export function algorithmsOf({ algorithms }: JwtConfig): NonNullable<JwtConfig['algorithms']> {
  return algorithms ?? ['HS256'];
}
