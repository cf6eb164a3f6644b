import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfigObject, type ConfigObject } from '../index.js';

type AuthInput = NonNullable<ConfigObject['auth']>;
type RouteInput = NonNullable<ConfigObject['routes']>[number];

const SECRET = 'x'.repeat(64);
const digest = (digit: string): string => digit.repeat(64);

/** What is wrong, as `path: message`. */
function problemsOf(auth: AuthInput, route: Partial<RouteInput> = {}): string[] {
  try {
    parseConfigObject({ auth, routes: [{ id: 'r', match: { path: '/' }, respond: {}, ...route }] });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('providers', () => {
  it.each<[string, AuthInput]>([
    ['a secret', { jwt: { secret: SECRET } }],
    ['a secret with algorithms', { jwt: { secret: SECRET, algorithms: ['HS512', 'HS256'] } }],
    ['a public key', { jwt: { publicKey: 'pem', algorithms: ['RS256'] } }],
    ['a key set', { jwt: { jwks: { url: 'https://issuer.example/keys?a=1' }, algorithms: ['ES256', 'EdDSA'] } }],
    ['keys', { apiKeys: [{ id: 'a', sha256: digest('A') }] }],
    [
      'names',
      { providers: { a: { jwt: { secret: SECRET } }, b: { apiKeys: { keys: [{ id: 'a', sha256: digest('a') }] } } } },
    ],
    ['nothing', {}],
  ])('are right with %s', (_what, auth) => {
    expect(problemsOf(auth)).toEqual([]);
  });

  it.each<[string, AuthInput, string[]]>([
    ['two keys', { jwt: { secret: SECRET, publicKey: 'pem' } }, ['auth.jwt.publicKey: stands beside secret']],
    ['no key, named', { providers: { a: { jwt: {} } } }, ['auth.providers.a.jwt: has nothing to check tokens with']],
    ['no kind', { providers: { a: {} } }, ['auth.providers.a: must have exactly one of the keys "jwt" or "apiKeys"']],
    [
      'both kinds',
      { providers: { a: { jwt: { secret: SECRET }, apiKeys: { keys: [{ id: 'a', sha256: digest('a') }] } } } },
      ['auth.providers.a: must have exactly one of the keys "jwt" or "apiKeys"'],
    ],
    [
      'a name that is taken',
      { providers: { jwt: { jwt: { secret: SECRET } } } },
      ['auth.providers.jwt: the name belongs to the provider of auth.jwt'],
    ],
    [
      'no algorithms beside a public key',
      { jwt: { publicKey: 'pem' } },
      ['auth.jwt.algorithms: must be named beside publicKey'],
    ],
    [
      'HS256 with a public key',
      { jwt: { publicKey: 'pem', algorithms: ['RS256', 'HS256'] } },
      ['auth.jwt.algorithms: HS256 cannot be checked with publicKey'],
    ],
    [
      'HS256 with a key set',
      { jwt: { jwks: { url: 'http://a' }, algorithms: ['HS256'] } },
      ['auth.jwt.algorithms: HS256 cannot be checked with jwks'],
    ],
    [
      'RS256 with a secret',
      { jwt: { secret: SECRET, algorithms: ['RS256'] } },
      ['auth.jwt.algorithms: RS256 cannot be checked with secret'],
    ],
    [
      'a key set from nowhere',
      { jwt: { jwks: {}, algorithms: ['RS256'] } },
      ['auth.jwt.jwks: must have exactly one of the keys "url" or "file"'],
    ],
    [
      'one key twice',
      {
        apiKeys: [
          { id: 'a', sha256: digest('a') },
          { id: 'b', sha256: digest('A') },
          { id: 'a', sha256: digest('c') },
        ],
      },
      ['auth.apiKeys[1].sha256: is that of key 0 again', 'auth.apiKeys[2].id: is that of key 0 again'],
    ],
  ])('are wrong with %s', (_what, auth, problems) => {
    expect(problemsOf(auth)).toEqual(problems);
  });

  it.each<[string, AuthInput, string]>([
    ['none', { jwt: { secret: SECRET, algorithms: ['none' as never] } }, 'auth.jwt.algorithms[0]'],
    ['a file', { jwt: { jwks: { url: 'file:///etc/passwd' }, algorithms: ['RS256'] } }, 'auth.jwt.jwks.url'],
    ['a password', { jwt: { jwks: { url: 'http://a:b@c' }, algorithms: ['RS256'] } }, 'auth.jwt.jwks.url'],
    ['a key in the clear', { apiKeys: [{ id: 'a', sha256: 'key-of-a' }] }, 'auth.apiKeys[0].sha256'],
    ['a realm that ends its quotes', { realm: 'a", b="' }, 'auth.realm'],
    ['a token size of nothing', { jwt: { secret: SECRET, tokenBytesMax: 0 } }, 'auth.jwt.tokenBytesMax'],
  ])('do not take %s', (_what, auth, path) => {
    expect(problemsOf(auth)).toEqual([expect.stringMatching(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: `))]);
  });
});

describe('a route that wants credentials', () => {
  const auth: AuthInput = { jwt: { secret: SECRET } };

  it('needs somebody who vouches for them', () => {
    expect(problemsOf({}, { auth: {} })).toEqual([
      'routes[0].auth: wants credentials, and there is no provider of any (route "r")',
    ]);
  });

  it('names providers that there are', () => {
    expect(problemsOf(auth, { auth: { providers: ['jwt', 'jwtt'] } })).toEqual([
      'routes[0].auth.providers[1]: no provider is called "jwtt" (route "r")',
    ]);
  });

  it('asks nobody for rights who need not say who they are', () => {
    expect(problemsOf(auth, { auth: { required: false, roles: ['a'] } })).toEqual([
      'routes[0].auth.roles: cannot be asked of everybody (route "r")',
    ]);
  });

  it('is not blamed for a provider that is broken', () => {
    const broken: AuthInput = { providers: { a: { jwt: { secret: SECRET, leewayS: -1 } } } };
    expect(problemsOf(broken, { auth: { providers: ['a', 'jwt'] } })).toEqual([
      expect.stringContaining('auth.providers.a.jwt.leewayS'),
    ]);
  });
});

describe('identity fields', () => {
  it('are named as anybody likes', () => {
    expect(problemsOf({ identityHeaders: { 'X-Account': 'account.id', 'x-roles': '$roles' } })).toEqual([]);
    expect(problemsOf({ identityHeaders: {} })).toEqual([]);
  });

  it.each([
    [{ host: 'sub' }, 'the gateway writes the field "host" itself'],
    [{ Authorization: 'sub' }, 'the field "authorization" has another meaning'],
    [{ 'x-forwarded-for': 'sub' }, 'the field "x-forwarded-for" has another meaning'],
    [{ 'x-a': 'sub', x_a: 'sub' }, 'is "x-a" for services that do not tell the two apart'],
    [{ 'x-a': '$subjekt' }, '$subjekt is nothing that is known of everybody'],
  ])('cannot be %j', (identityHeaders, message) => {
    expect(problemsOf({ identityHeaders })).toEqual([expect.stringContaining(message)]);
  });

  it('are not the field that keys come in', () => {
    const keys = [{ id: 'a', sha256: digest('a') }];
    expect(problemsOf({ apiKeys: keys, identityHeaders: { 'x-api-key': '$apiKey' } })).toEqual([
      'auth.identityHeaders.x-api-key: is the field that API keys come in',
    ]);
  });
});
