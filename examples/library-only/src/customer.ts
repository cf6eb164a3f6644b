import { FixedKey, secretKey, textOf, textsOf, TokenVerifier, type Holder } from '@app/auth';

/** What handlers learn of whoever asks. */
export interface Customer extends Holder {
  readonly name: string;
}

/** @throws KeyError when the secret is too short */
export function customerVerifier(secret: string): TokenVerifier<Customer> {
  const algorithms = ['HS256'] as const;
  return new TokenVerifier(
    { algorithms, issuer: 'shop', audiences: ['shop'] },
    new FixedKey(secretKey(secret, algorithms)),
    (claims) => ({
      name: textOf(claims.sub),
      permissions: textsOf(claims.permissions),
      roles: textsOf(claims.roles),
    }),
  );
}
