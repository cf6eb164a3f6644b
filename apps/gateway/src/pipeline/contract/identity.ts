/** Who a request comes from, once that is proven. */
export interface Identity {
  /** Name of the provider that vouches for it. */
  readonly provider: string;
  /** User, or the empty string when the credentials name none. */
  readonly subject: string;
  /** Tenant, or the empty string. */
  readonly tenant: string;
  /** Name of the API key that was shown, or the empty string. Never the key. */
  readonly apiKey: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}
