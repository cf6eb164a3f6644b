import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ApiKeyTable, RefreshedKeys, TokenVerifier, type TokenRules } from '@app/auth';
import {
  algorithmsOf,
  configuredProviders,
  type ApiKeysConfig,
  type ConfiguredProvider,
  type JwtConfig,
} from '../config/configured-providers.js';
import { ConfigSnapshot } from '../config/config-snapshot.js';
import { Events } from '../pipeline/contract/events.js';
import { ApiKeyCheck, BearerCheck, type CredentialCheck } from './credential-checks.js';
import { keysFetched } from './events.js';
import { compileIdentityFields, type IdentityFields } from './identity-fields.js';
import { keySourceOf } from './key-sources.js';
import { identityOfKey, identityReader, type ProvenIdentity } from './proven-identity.js';

interface Provider {
  readonly verifier: TokenVerifier<ProvenIdentity> | null;
  readonly keys: { readonly header: string; readonly table: ApiKeyTable<ProvenIdentity> } | null;
  /** Field with the credentials that the upstream must not get; null when it may. */
  readonly hides: string | null;
}

/** Everybody who vouches for clients, by name. Keeps the keys of issuers up to date while the gateway runs. */
@Injectable()
export class AuthProviders implements OnApplicationBootstrap, OnModuleDestroy {
  /** What upstreams are told of an identity. */
  readonly fieldsOf: IdentityFields;
  private readonly byName: ReadonlyMap<string, Provider>;
  private readonly refreshed: RefreshedKeys[] = [];

  constructor(
    @Inject(ConfigSnapshot) snapshot: ConfigSnapshot,
    @Inject(Events) private readonly events: Events,
  ) {
    const { auth } = snapshot.config;
    this.fieldsOf = compileIdentityFields(auth.identityHeaders);
    this.byName = new Map(configuredProviders(auth).map((given) => [given.name, this.provider(given)]));
  }

  /** Keys are asked for at once, but not waited for: a request that comes sooner waits by itself. */
  onApplicationBootstrap(): void {
    for (const keys of this.refreshed) void keys.start();
  }

  onModuleDestroy(): void {
    for (const keys of this.refreshed) keys.stop();
  }

  /** Looks at credentials in the order of the names; providers that read the same field are asked together. */
  checks(names: readonly string[]): CredentialCheck[] {
    const providers = this.named(names);
    const verifiers = providers.flatMap(({ verifier }) => verifier ?? []);
    const checks = providers.map(({ keys }): CredentialCheck => {
      if (keys === null) return new BearerCheck(verifiers);
      const { header } = keys;
      const tables = providers.flatMap((other) => (other.keys?.header === header ? other.keys.table : []));
      return new ApiKeyCheck(header, tables);
    });
    return checks.filter(({ field }, at) => checks.findIndex((other) => other.field === field) === at);
  }

  /** Tokens that are remembered, of all providers. */
  get remembered(): number {
    return [...this.byName.values()].reduce((sum, { verifier }) => sum + (verifier?.remembered ?? 0), 0);
  }

  /** Fields that must not go on from a route with these providers. */
  hiddenFields(names: readonly string[]): string[] {
    return [...new Set(this.named(names).flatMap(({ hides }) => hides ?? []))];
  }

  private named(names: readonly string[]): Provider[] {
    const wanted = names.length === 0 ? [...this.byName.keys()] : names;
    return wanted.map((name) => {
      const provider = this.byName.get(name);
      if (provider === undefined) throw new Error(`no provider is called ${name}`);
      return provider;
    });
  }

  private provider({ name, jwt, apiKeys }: ConfiguredProvider): Provider {
    if (jwt !== null) {
      const verifier = this.verifier(name, jwt);
      return { verifier, keys: null, hides: jwt.forwardToken ? null : 'authorization' };
    }
    if (apiKeys === null) throw new Error(`the provider ${name} is of no kind`);
    const { header, forwardKey } = apiKeys;
    return {
      verifier: null,
      keys: { header, table: tableOf(name, apiKeys, this.fieldsOf) },
      hides: forwardKey ? null : header,
    };
  }

  private verifier(name: string, jwt: JwtConfig): TokenVerifier<ProvenIdentity> {
    const keys = keySourceOf(jwt, (error) => this.events.emit(keysFetched, { provider: name, error }));
    if (keys instanceof RefreshedKeys) this.refreshed.push(keys);
    const { issuer, audience, leewayS, expiryRequired, lifetimeMaxS, types, tokenBytesMax, remember } = jwt;
    const rules: TokenRules = {
      algorithms: algorithmsOf(jwt),
      issuer,
      audiences: audience === null ? [] : [audience].flat(),
      leewayS,
      expiryRequired,
      lifetimeMaxS,
      types,
      tokenBytesMax,
      memory: remember,
    };
    return new TokenVerifier(rules, keys, identityReader(name, jwt.claims, this.fieldsOf));
  }
}

function tableOf(name: string, { keys }: ApiKeysConfig, fieldsOf: IdentityFields): ApiKeyTable<ProvenIdentity> {
  return new ApiKeyTable(keys.map((key) => [key.sha256, identityOfKey(name, key, fieldsOf)]));
}
