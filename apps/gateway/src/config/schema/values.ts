import { isIP } from 'node:net';
import { z } from 'zod';
import { named, secretByName } from './annotations.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// RFC 9110 section 5.5: visible characters, obs-text, and space or tab inside.
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Bounded by what timers take. */
export const milliseconds = named('whole number of milliseconds', z.int().min(0).max(2_147_483_647));
export const identifier = named(
  'name',
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
);
export const methodName = named('HTTP method', z.string().regex(TOKEN, 'must be an HTTP method').toUpperCase());
export const fieldName = named('field name', z.string().regex(TOKEN, 'must be an HTTP field name').toLowerCase());
export const fieldValue = z.string().regex(FIELD_VALUE, 'must hold no control characters');
export const fieldMap = secretByName(z.record(fieldName, fieldValue));

export const cidr = named(
  'CIDR block',
  z.string().refine(isCidr, 'must be an IP address or a CIDR block, for example 10.0.0.0/8'),
);

export const httpOrigin = named(
  'http or https origin',
  z.string().refine(isHttpOrigin, 'must be http://host:port or https://host:port, without a path'),
);

export const httpAddress = named(
  'http or https address',
  z.string().refine(isHttpAddress, 'must be an address with http or https, without user and fragment'),
);

/** The forms that `libs/redis` connects to; what they hold is checked there. */
export const redisAddress = named(
  'address of a Redis',
  z
    .string()
    .regex(
      /^rediss?(?:\+(?:sentinel|cluster))?:\/\/(?:[^@/]*@)?[^/?#@]+(?:\/[^?#]*)?$/,
      'must be redis://host:port, rediss://…, redis+sentinel://…/master or redis+cluster://…',
    ),
);

/**
 * A secret given as text, or as `{ file: path }` whose content (without the final newline) is the secret. The file is
 * read when the configuration is loaded, so what comes out is always text.
 */
export const secretSource = z
  .union([z.string().min(1), z.strictObject({ file: z.string().min(1) })])
  .transform((source, context): string => {
    if (typeof source === 'string') return source;
    context.addIssue({ code: 'custom', message: 'the file of a secret is read by loadConfig and parseConfigObject' });
    return z.NEVER;
  });

function isCidr(value: string): boolean {
  const [address, bits, more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function isHttpAddress(value: string): boolean {
  if (!URL.canParse(value) || /\s/.test(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && `${username}${password}${hash}` === '';
}

function isHttpOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.pathname === '/' &&
    !/[/?#\s]$/.test(value) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  );
}
