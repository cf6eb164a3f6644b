import type { KeySource } from '../../admission/limit-key.js';

/** What a caller is to each part of a key; a part that is absent is `key`. */
export type CallerParts = Readonly<Record<string, string>>;

/** Name of the provider that vouches for simulated callers. */
const PROVIDER = 'simulated';

/** Whoever sends requests, as limits see it: one key, or several by the parts that limits ask for. */
export class Caller {
  /** What the caller has when it is known who asks. */
  readonly identity: KeySource['identity'];

  /**
   * @param key address, tenant, user, API key, fields and claims all at once, as far as `parts` does not say otherwise
   * @param parts by the names that `by` has: `ip`, `tenant`, `header:NAME`
   */
  constructor(
    readonly key: string,
    private readonly parts: CallerParts = {},
  ) {
    const claims = new Proxy({}, { get: (_, name) => this.part(`claim:${String(name)}`) });
    this.identity = {
      provider: PROVIDER,
      subject: this.part('user'),
      tenant: this.part('tenant'),
      apiKey: this.part('api-key'),
      roles: [],
      permissions: [],
      claims,
    };
  }

  get address(): string {
    return this.part('ip');
  }

  field(name: string): string | undefined {
    // Whether a request may be repeated is no matter of who sends it.
    return name === 'idempotency-key' ? this.parts['header:idempotency-key'] : this.part(`header:${name}`);
  }

  private part(name: string): string {
    return this.parts[name] ?? this.key;
  }
}
