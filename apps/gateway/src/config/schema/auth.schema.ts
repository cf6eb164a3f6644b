import { z } from 'zod';
import { filePath, fromEnv, named, secret } from './annotations.js';
import { cidr, fieldName, httpAddress, identifier, milliseconds, secretSource } from './values.js';

const seconds = named('whole number of seconds', z.int().min(0).max(2_147_483));
const claimPath = z.string().min(1);
const names = z.array(z.string().min(1)).default([]);

const jwks = z.strictObject({
  url: httpAddress
    .nullable()
    .default(null)
    .describe('Address of the JWK Set, http or https. Redirects are not followed.'),
  file: filePath(z.string().min(1))
    .nullable()
    .default(null)
    .describe('File with the JWK Set, instead of an address; read again as an address would be.'),
  refreshMs: milliseconds
    .min(1)
    .default(3_600_000)
    .describe(
      'Longest time between two fetches. A shorter `max-age` of the answer counts; it is fetched when 3/4 are over.',
    ),
  cooldownMs: milliseconds
    .min(1)
    .default(30_000)
    .describe('Shortest time between two fetches, also when tokens name keys that are not known.'),
  timeoutMs: milliseconds.min(1).default(5_000).describe('Time for the whole answer.'),
  caFile: filePath(z.string().min(1))
    .nullable()
    .default(null)
    .describe('PEM file with the authorities to trust. null trusts the system’s.'),
});

const jwt = z.strictObject({
  secret: secret(fromEnv('JWT_SECRET', secretSource.nullable().default(null))).describe(
    'Secret shared with the issuer, for HS algorithms: as many bytes at least as the hash has (32 for HS256). ' +
      '`JWT_SECRET` sets that of `auth.jwt`.',
  ),
  publicKey: secret(secretSource.nullable().default(null)).describe(
    'Public key or certificate of the issuer in PEM, or `{ file: path }`, for RS, PS, ES and EdDSA.',
  ),
  jwks: jwks.nullable().default(null).describe('Keys that the issuer publishes (RFC 7517), for RS, PS, ES and EdDSA.'),
  keyId: z
    .string()
    .nullable()
    .default(null)
    .describe('`kid` of `secret` or `publicKey`: a token that names another is refused. null takes any.'),
  algorithms: z
    .array(
      z.enum([
        'HS256',
        'HS384',
        'HS512',
        'RS256',
        'RS384',
        'RS512',
        'PS256',
        'PS384',
        'PS512',
        'ES256',
        'ES384',
        'ES512',
        'EdDSA',
        'Ed25519',
      ]),
    )
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Algorithms that are taken, whatever a token names. null is HS256 with `secret`; otherwise they must be named.',
    ),
  issuer: z.string().nullable().default(null).describe('What `iss` must be, exactly. null takes any.'),
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .nullable()
    .default(null)
    .describe('What `aud` must name; of several, one. null takes any, also tokens that were made for somebody else.'),
  types: z
    .array(z.string().min(1))
    .default(['JWT', 'at+jwt'])
    .describe('Values of `typ` that are taken, in any case. A token without `typ` is taken too.'),
  leewayS: seconds.max(600).default(30).describe('Difference of clocks that is borne at `exp`, `nbf` and `iat`.'),
  expiryRequired: z.boolean().default(true).describe('Refuse tokens without `exp`.'),
  lifetimeMaxS: z
    .int()
    .min(1)
    .nullable()
    .default(31_536_000)
    .describe('How far `exp` may lie ahead, in seconds; one that lies farther is refused. null lets it lie anywhere.'),
  tokenBytesMax: z
    .int()
    .min(64)
    .default(8_192)
    .describe('Largest token in bytes. `server.headBytesMax` bounds it as well.'),
  claims: z
    .strictObject({
      subject: claimPath.default('sub').describe('Who asks: `user` in limits.'),
      tenant: claimPath.default('tenant_id').describe('The tenant that they belong to.'),
      roles: claimPath.default('roles').describe('Roles: a list, or one text with spaces between them.'),
      permissions: claimPath
        .default('permissions')
        .describe('Permissions: a list, or one text with spaces between them, such as `scope`.'),
    })
    .prefault({})
    .describe('Where claims stand. Dots lead inside: `realm_access.roles`; a claim that is called so as a whole wins.'),
  forwardToken: z.boolean().default(true).describe('Let the upstream have `Authorization`.'),
  remember: z
    .strictObject({
      entriesMax: z.int().min(0).default(10_000).describe('Tokens. 0 verifies each time.'),
      bytesMax: z.int().min(0).default(33_554_432).describe('Bytes, by estimate.'),
    })
    .prefault({})
    .describe('Verified tokens that are remembered, never beyond `exp` or the removal of their key.'),
});

const apiKey = z.strictObject({
  id: identifier.describe('Name of the key: what limits count by and logs tell.'),
  sha256: secret(
    named('SHA-256 digest', z.string().regex(/^[\da-f]{64}$/i, 'must be a SHA-256 digest: 64 hexadecimal digits')),
  ).describe('SHA-256 of the key, in hexadecimal digits: `printf %s "$KEY" | sha256sum`.'),
  subject: z.string().default('').describe('Who asks with it, as `sub` of a token.'),
  tenant: z.string().default('').describe('The tenant that they belong to, as `tenant_id` of a token.'),
  roles: names.describe('Roles that they have.'),
  permissions: names.describe('Permissions that they have.'),
});

const apiKeys = z.strictObject({
  header: fieldName.default('x-api-key').describe('Field that the key comes in.'),
  keys: z.array(apiKey).min(1).describe('Keys that are known.'),
  forwardKey: z.boolean().default(false).describe('Let the upstream have the field.'),
});

export const authSchema = z.strictObject({
  realm: z
    .string()
    .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/, 'must be plain text without quotes and backslashes')
    .default('sluice')
    .describe('`realm` of `WWW-Authenticate`.'),
  jwt: jwt.prefault({}).describe('The provider `jwt`: bearer tokens. It exists once it has a key.'),
  apiKeys: z.array(apiKey).default([]).describe('The provider `api-key`: keys that come in `X-API-Key`.'),
  providers: z
    .record(
      identifier,
      z.strictObject({
        jwt: jwt.optional().describe('Bearer tokens of another issuer.'),
        apiKeys: apiKeys.optional().describe('API keys in a field of their own.'),
      }),
    )
    .default({})
    .describe('More providers, by name: each has either `jwt` or `apiKeys`.'),
  identityHeaders: z
    .record(fieldName, claimPath)
    .default({ 'x-user-id': '$subject', 'x-tenant-id': '$tenant' })
    .describe(
      'Fields that tell the upstream who asks, and what they hold: `$subject`, `$tenant`, `$roles`, `$permissions`, ' +
        '`$provider`, `$apiKey` (its id), or a claim. What clients send under these names, X-User-ID and X-Tenant-ID ' +
        'is removed on every route.',
    ),
});

const ipList = z.array(cidr).default([]);

export const ipRulesSchema = z.strictObject({
  allow: ipList.describe('Addresses and CIDR blocks that may come. Empty lets everybody.'),
  deny: ipList.describe('Addresses and CIDR blocks that may not, also when they are allowed.'),
});

export const routeAuthSchema = z.strictObject({
  required: z
    .boolean()
    .default(true)
    .describe('Refuse requests without credentials. Broken ones are refused either way.'),
  providers: names.describe(
    'Providers whose credentials count, in the order in which they are looked at. Empty takes all.',
  ),
  permissions: names.describe('Permissions that are needed.'),
  roles: names.describe('Roles that are needed.'),
  match: z
    .enum(['all', 'any'])
    .default('all')
    .describe('`all`: every permission and role that is listed; `any`: one of all of them is enough.'),
});
