import { configuredProviders } from '../configured-providers.js';
import type { ConfigProblem } from '../config-error.js';
import { formatPath } from '../config-path.js';
import { didYouMean } from '../nearest-name.js';
import { whyNotTouched } from './gateway-fields.js';
import type { SemanticCheck } from './semantic-check.js';

/** Fields that clients need for themselves, or that the gateway fills with something else. */
const TAKEN = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'origin',
  'proxy-authorization',
  'range',
  'traceparent',
  'tracestate',
  'user-agent',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
]);

/** What an identity has, whatever claims it came from. */
const SOURCES = ['$subject', '$tenant', '$roles', '$permissions', '$provider', '$apiKey'];

/** Identity fields are the gateway's alone: no client needs them, and no two are one for a service that reads `_` as `-`. */
export const checkIdentityHeaders: SemanticCheck = ({ auth }) => {
  const credentialFields = new Set(configuredProviders(auth).flatMap(({ apiKeys }) => apiKeys?.header ?? []));
  const byMeaning = new Map<string, string>();
  return Object.entries(auth.identityHeaders).flatMap(([field, source]): ConfigProblem[] => {
    const path = formatPath(['auth', 'identityHeaders', field]);
    const reason = whyNotTouched(field);
    if (reason !== null) return [{ path, message: reason.message }];
    if (TAKEN.has(field)) return [{ path, message: `the field "${field}" has another meaning` }];
    if (credentialFields.has(field)) return [{ path, message: 'is the field that API keys come in' }];
    if (source.startsWith('$') && !SOURCES.includes(source)) {
      const hint = didYouMean(source, SOURCES) ?? `there are ${SOURCES.join(', ')}`;
      return [{ path, message: `${source} is nothing that is known of everybody`, hint }];
    }
    const meaning = field.replace(/[^\da-z]/g, '-');
    const other = byMeaning.get(meaning);
    byMeaning.set(meaning, field);
    return other === undefined ? [] : [{ path, message: `is "${other}" for services that do not tell the two apart` }];
  });
};
