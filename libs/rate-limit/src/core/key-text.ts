import { hash } from 'node:crypto';

/** Characters of a digest in the name of a key: 132 bits, so that nobody finds two keys that meet. */
const DIGEST_CHARS = 22;

/**
 * The name of a key in Redis, from the parts that make it: the same in every gateway. What clients send stands in it as
 * a digest only: names stay short, and nobody who reads keys reads credentials.
 *
 * @param slot what decides about the place in a cluster, or the empty string to leave that to the key itself
 */
export function keyText(policy: string, parts: readonly string[], slot = ''): string {
  // Each part tells its length, so that different parts never read the same.
  let text = '';
  for (const part of parts) text += `${part.length}:${part},`;
  const digest = hash('sha256', text, 'base64url').slice(0, DIGEST_CHARS);
  return slot === '' ? `rl:${policy}:${digest}` : `rl:{${slot}}:${policy}:${digest}`;
}
