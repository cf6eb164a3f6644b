import { readFile, stat } from 'node:fs/promises';
import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { KeyError } from './key-error.js';
import type { LoadedKeySet } from './refreshed.keys.js';

export interface FetchSettings {
  /** http or https. Redirects are not followed. */
  readonly url: string;
  /** Time for the whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Authorities to trust, in PEM; null trusts the system's. */
  readonly ca: string | null;
}

/** Larger than the sets of issuers with dozens of certificates in them. */
const BYTES_MAX = 1_048_576;

/** Asks the issuer for its keys. @throws KeyError for an answer that holds none */
export async function fetchKeySet({ url, timeoutMs, ca }: FetchSettings, signal: AbortSignal): Promise<LoadedKeySet> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const response = await open(url, ca, ending);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new KeyError(`the issuer answers with status ${response.statusCode}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BYTES_MAX) throw new KeyError(`the key set is larger than ${BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return { set: parse(Buffer.concat(chunks).toString()), maxAgeMs: maxAgeOf(response.headers['cache-control']) };
}

/** Reads the keys from a file, which may be replaced while the process runs. */
export async function readKeySetFile(file: string): Promise<LoadedKeySet> {
  if ((await stat(file)).size > BYTES_MAX) throw new KeyError(`the key set is larger than ${BYTES_MAX} bytes`);
  return { set: parse(await readFile(file, 'utf8')), maxAgeMs: null };
}

function open(url: string, ca: string | null, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/jwk-set+json, application/json' };
    const request = url.startsWith('https:')
      ? httpsGet(url, { headers, signal, agent: new HttpsAgent({ keepAlive: false }), ...(ca === null ? {} : { ca }) })
      : httpGet(url, { headers, signal, agent: new HttpAgent({ keepAlive: false }) });
    request.on('response', resolve);
    request.on('error', reject);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyError('is no JSON');
  }
}

/** RFC 9111 section 5.2.2.1; null when it is not said. */
function maxAgeOf(cacheControl: string | undefined): number | null {
  const seconds = /(?:^|[\s,])max-age="?(\d{1,10})(?!\d)/i.exec(cacheControl ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
