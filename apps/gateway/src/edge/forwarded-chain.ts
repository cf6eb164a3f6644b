import { isIP } from 'node:net';
import { plainAddress } from './trusted-addresses.js';

/** Hops that are read at most; a longer chain is an attack or a loop. */
const HOPS_MAX = 32;

/** One address of X-Forwarded-For or of a Forwarded `for`: port, brackets and quotes taken off; '' when it is none. */
function addressOf(token: string): string {
  let text = token.trim();
  if (text.startsWith('"') && text.endsWith('"')) text = text.slice(1, -1);
  if (text.startsWith('[')) text = text.slice(1, text.indexOf(']'));
  else if (text.indexOf(':') === text.lastIndexOf(':')) text = text.split(':', 1)[0];
  return isIP(text) === 0 ? '' : plainAddress(text);
}

/** The addresses that hops have written, the farthest first. X-Forwarded-For wins over Forwarded (RFC 7239). */
export function forwardedChain(xForwardedFor: string, forwarded: string): string[] {
  const tokens = xForwardedFor !== '' ? xForwardedFor.split(',') : forTokens(forwarded);
  return tokens.slice(-HOPS_MAX).map(addressOf);
}

function forTokens(forwarded: string): string[] {
  if (forwarded === '') return [];
  return forwarded.split(',').map((element) => /(?:^|;)\s*for=("[^"]*"|[^;,\s]*)/i.exec(element)?.[1] ?? '');
}

/**
 * The client is the last address, seen from here, that no trusted hop vouches further for. An element that is no
 * address (`unknown`, an obfuscated name) ends the walk at the hop that wrote it.
 */
export function clientOf(chain: readonly string[], peer: string, trusts: (address: string) => boolean): string {
  let client = peer;
  for (let i = chain.length - 1; i >= 0 && trusts(client); i--) {
    if (chain[i] === '') break;
    client = chain[i];
  }
  return client;
}

/** `for=` parameter of RFC 7239: IPv6 addresses are bracketed and quoted. */
export function forParameter(address: string): string {
  if (address === '') return 'for=unknown';
  return address.includes(':') ? `for="[${address}]"` : `for=${address}`;
}
