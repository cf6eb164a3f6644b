import { isIP } from 'node:net';
import { plainAddress } from './plain-address.js';

/** Hops that are read at most; a longer chain is an attack or a loop. */
const HOPS_MAX = 32;

/**
 * One address of X-Forwarded-For or of a Forwarded `for`: port, brackets, and the zone, which says something only to the
 * machine that wrote it (RFC 4007 section 6), taken off; '' when it is none.
 */
function addressOf(token: string): string {
  let text = token.trim();
  if (text.startsWith('[')) text = /^\[([^\]]*)\](?::\w+)?$/.exec(text)?.[1] ?? '';
  else if (text.indexOf(':') === text.lastIndexOf(':')) text = text.split(':', 1)[0];
  if (isIP(text) === 0) return '';
  const zone = text.indexOf('%');
  return plainAddress(zone < 0 ? text : text.slice(0, zone));
}

/** The addresses that hops have written, the farthest first. X-Forwarded-For wins over Forwarded (RFC 7239). */
export function forwardedChain(xForwardedFor: string, forwarded: string): string[] {
  if (xForwardedFor !== '') return xForwardedFor.split(',').slice(-HOPS_MAX).map(addressOf);
  return forwarded === '' ? [] : elementsOf(forwarded).map((element) => addressOf(forOf(element)));
}

// RFC 7239 section 4; unquoted values may also hold the colons and brackets that hops forget to quote.
const PAIR = /([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;\\]*))/g;
const ELEMENT = new RegExp(`^${PAIR.source}(?:\\s*;\\s*${PAIR.source})*;?$`);

/**
 * The elements of Forwarded, taken from the right, where the hops that we trust have written. What stands farther left
 * comes from a client: a quote that it leaves open, or a comma in the host that it asked for, must not change how a
 * hop's own element is read. What fits no element is given as one that says nothing, and ends the list.
 */
function elementsOf(forwarded: string): string[] {
  const elements: string[] = [];
  let end = forwarded.length;
  let comma = end;
  for (let looks = 0; end >= 0 && looks < 2 * HOPS_MAX && elements.length < HOPS_MAX; looks++) {
    comma = comma > 0 ? forwarded.lastIndexOf(',', comma - 1) : -1;
    const candidate = forwarded.slice(comma + 1, end).trim();
    if (candidate === '' || ELEMENT.test(candidate)) {
      if (candidate !== '') elements.push(candidate);
      end = comma;
    } else if (comma < 0) break;
  }
  if (end >= 0 && elements.length < HOPS_MAX) elements.push('');
  return elements.reverse();
}

/** The `for` of an element; '' when it has none, or two. */
function forOf(element: string): string {
  const values = [...element.matchAll(PAIR)].filter(([, name]) => name.toLowerCase() === 'for');
  return values.length === 1 ? (values[0][2] ?? values[0][3]) : '';
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
