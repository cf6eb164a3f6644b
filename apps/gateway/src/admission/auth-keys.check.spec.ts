import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, parseConfigObject, type ConfigObject } from '../config/index.js';
import { checkAuthKeys } from './auth-keys.check.js';

type JwtInput = NonNullable<NonNullable<ConfigObject['auth']>['jwt']>;

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = ec.publicKey.export({ type: 'spki', format: 'pem' });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  writeFileSync(join(folder, 'key.pem'), pem);
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: [ec.publicKey.export({ format: 'jwk' })] }));
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA' }] }));
});
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(jwt: JwtInput): string[] {
  try {
    parseConfigObject({ auth: { jwt, providers: {} } }, { checks: [checkAuthKeys], cwd: folder });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('keys in the configuration', () => {
  it.each<[string, JwtInput]>([
    ['a secret', { secret: 's'.repeat(32) }],
    ['a secret beyond ASCII, counted in bytes', { secret: 'é'.repeat(16) }],
    ['a public key', { publicKey: pem, algorithms: ['ES256'] }],
    ['a file with one', { publicKey: { file: 'key.pem' }, algorithms: ['ES256'] }],
    ['a file with a key set', { jwks: { file: 'keys.json' }, algorithms: ['ES256'] }],
    ['an address, which is not asked here', { jwks: { url: 'http://127.0.0.1:1' }, algorithms: ['ES256'] }],
    ['none', {}],
  ])('are right: %s', (_what, jwt) => {
    expect(problemsOf(jwt)).toEqual([]);
  });

  it.each<[string, JwtInput, string]>([
    ['a short secret', { secret: 'short' }, 'auth.jwt.secret: must have 32 bytes at least for HS256'],
    [
      'a secret too short for one',
      { secret: 's'.repeat(48), algorithms: ['HS256', 'HS512'] },
      'must have 64 bytes at least',
    ],
    ['a public key as a secret', { secret: pem }, 'auth.jwt.secret: is the text of a key and no secret'],
    ['no key', { publicKey: 'key', algorithms: ['RS256'] }, 'auth.jwt.publicKey: holds no public key in PEM'],
    [
      'a key of another type',
      { publicKey: pem, algorithms: ['ES256', 'RS256'] },
      'auth.jwt.publicKey: does not fit RS256',
    ],
    ['a set of secrets', { jwks: { file: 'secrets.json' }, algorithms: ['ES256'] }, 'auth.jwt.jwks.file: has no key'],
    ['a set that is no JSON', { jwks: { file: 'key.pem' }, algorithms: ['ES256'] }, 'auth.jwt.jwks.file: is no JSON'],
  ])('are wrong: %s', (_what, jwt, problem) => {
    const problems = problemsOf(jwt);
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems.join()).not.toContain('sss');
  });

  it('are not shown, whatever is wrong', () => {
    expect(problemsOf({ secret: 'a very secret one' }).join()).not.toContain('very');
  });
});
