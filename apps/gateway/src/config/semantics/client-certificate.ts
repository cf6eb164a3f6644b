import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ConfigProblem } from '../config-error.js';
import type { UpstreamConfig } from '../schema/gateway.schema.js';

type Found = Pick<ConfigProblem, 'message' | 'hint'> & { at: readonly PropertyKey[] };

/** What the gateway shows to an upstream is whole, and a certificate with its own key: the first request must not tell. */
export function checkClientCertificate({ tls }: UpstreamConfig): Found[] {
  const { certFile, key } = tls;
  if (certFile === null && key === null) return [];
  if (certFile === null) return [{ at: ['tls', 'key'], message: 'stands without a certFile' }];
  if (key === null) return [{ at: ['tls', 'certFile'], message: 'stands without its key' }];
  let cert: string;
  try {
    cert = readFileSync(certFile, 'utf8');
  } catch {
    // That it cannot be read is said already.
    return [];
  }
  try {
    createSecureContext({ cert, key });
    return [];
  } catch {
    // The reason of OpenSSL may quote what it was given.
    return [{ at: ['tls', 'key'], message: 'and certFile are no key and certificate in PEM that belong together' }];
  }
}
