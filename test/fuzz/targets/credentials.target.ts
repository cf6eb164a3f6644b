import { AMBIGUOUS, bearerToken, singleField } from '../../../libs/auth/src/core/credentials.js';
import { decodeBase64url } from '../../../libs/auth/src/core/jwt/base64url.js';
import { parseMembers, readToken } from '../../../libs/auth/src/core/jwt/read-token.js';
import { demand, demandSame, type FuzzTarget } from '../harness/fuzz-target.js';

const types = new Set(['jwt', 'at+jwt']);
const encode = (text: string): string => Buffer.from(text, 'latin1').toString('base64url');

/**
 * Credentials of clients. An input is an `Authorization` value, a token, and JSON to be put into the header of a token:
 * mutations of encoded text would seldom be JSON.
 */
export const credentialsTarget: FuzzTarget = {
  name: 'credentials',
  // What a head may have by default (`server.headBytesMax`).
  bytesMax: 16_384,
  seeds: [
    'Bearer a.b.c',
    `bearer  ${encode('{"alg":"HS256","typ":"JWT"}')}.${encode('{"sub":"a"}')}.c2ln`,
    '{"alg":"RS256","kid":"1","typ":"at+jwt"}',
    '{"alg":"none","crit":["b64"],"jwk":{}}',
    '{"a":[{"b":1,"b":2}],"c":"\\u0061"}',
  ].map((text) => Buffer.from(text, 'latin1')),
  dictionary: [
    'Bearer ',
    'bearer',
    '.',
    '"alg":"HS256"',
    '"typ":"JWT"',
    '"kid":"',
    '"crit":[]',
    '"jwk":',
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\u0061',
    '\\"',
    '\\\\',
    ',',
    ':',
    'null',
    'true',
    '1e9',
    '=',
    '-',
    '_',
    '__proto__',
    '\xc3\xa9',
  ],

  run(input) {
    const text = input.toString('latin1');
    const token = bearerToken(text);
    demand(token === undefined || !token.startsWith(' '), 'a blank in front', () => ({ text, token }));
    checkToken(text);
    if (token !== undefined) checkToken(token);
    checkToken(`${encode(text)}.${encode('{}')}.c2ln`);
    checkMembers(input);
    const decoded = decodeBase64url(text);
    if (decoded !== null) demandSame('two spellings', decoded.toString('base64url'), text);
    const twice = singleField(['authorization', text, 'Authorization', text], 'authorization');
    demand(twice === AMBIGUOUS, 'one of two', () => ({ text }));
  },
};

function checkToken(token: string): void {
  const read = readToken(token, types);
  if (typeof read === 'string') return;
  const tell = (): object => ({ token, read });
  const parts = token.split('.');
  demand(parts.length === 3 && read.signed === `${parts[0]}.${parts[1]}`, 'signed is something else', tell);
  demandSame('the payload is something else', read.payload.toString('base64url'), parts[1]);
  demandSame('the signature is something else', read.signature.toString('base64url'), parts[2]);
  const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString()) as Record<string, unknown>;
  demandSame('another header', [header.alg, header.kid ?? null], [read.algorithm, read.keyId]);
  for (const name of ['crit', 'jwk', 'jku', 'x5u', 'x5c'])
    demand(!Object.hasOwn(header, name), `${name} is taken`, tell);
}

/** What is taken names nothing twice: to write it anew loses no member. */
function checkMembers(input: Buffer): void {
  const members = parseMembers(input);
  if (members === null) return;
  const names: string[] = [];
  const inOrder = JSON.parse(input.toString(), function reviver(this: unknown, name: string, value: unknown) {
    names.push(name);
    return value;
  }) as object;
  demandSame('other members', members, inOrder);
  // Outside of strings, each colon belongs to one member.
  const colons =
    input
      .toString()
      .replace(/"(?:[^"\\]|\\.)*"/gs, '')
      .split(':').length - 1;
  demand(colons === countMembers(members), 'a member that is read away', () => ({ text: input.toString(), names }));
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, one: unknown) => sum + countMembers(one), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}
