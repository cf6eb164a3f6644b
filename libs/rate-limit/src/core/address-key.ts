import type { KeyHash } from './key-hash.js';

/** Kinds of addresses, so that none reads like another. */
const IPV4 = 4;
const IPV6 = 6;
const OTHER = 0;

/**
 * Feeds the address of a client: IPv4 whole, IPv6 by its first 64 bits, since a subscriber is given that many addresses
 * and could otherwise be a new client with each request. What is no address counts as the text that it is.
 */
export function hashAddress(hash: KeyHash, address: string): void {
  const ipv4 = readIPv4(address, 0);
  if (ipv4 >= 0) {
    hash.word(IPV4);
    hash.word(ipv4 | 0);
    return;
  }
  const network = readNetwork(address);
  if (network === null) {
    hash.word(OTHER);
    hash.text(address);
  } else if (network.mapped >= 0) {
    hash.word(IPV4);
    hash.word(network.mapped | 0);
  } else {
    hash.word(IPV6);
    hash.word(network.high);
    hash.word(network.low);
  }
}

/** What stands for an address in the name of a key: `203.0.113.7`, `2001:db8:0:1::/64`. */
export function addressText(address: string): string {
  if (readIPv4(address, 0) >= 0) return address;
  const network = readNetwork(address);
  if (network === null) return address;
  if (network.mapped >= 0)
    return [24, 16, 8, 0].map((shift) => Math.floor(network.mapped / 2 ** shift) % 256).join('.');
  const { high, low } = network;
  return `${[high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].map((group) => group.toString(16)).join(':')}::/64`;
}

/** @returns the 32 bits as a positive number, or -1 */
function readIPv4(text: string, from: number): number {
  let address = 0;
  let octet = -1;
  let octets = 0;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || ++octets > 3) return -1;
      address = address * 256 + octet;
      octet = -1;
    } else {
      if (code < 48 || code > 57) return -1;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return -1;
    }
  }
  return octets === 3 && octet >= 0 ? address * 256 + octet : -1;
}

/** The one result of readNetwork, which is read at once. */
const found = { high: 0, low: 0, mapped: -1 };
const groups = new Uint16Array(8);

/** The first 64 bits of an IPv6 address, or the IPv4 address that it holds (RFC 4291 section 2.5.5.2); null for none. */
function readNetwork(text: string): typeof found | null {
  let count = 0;
  let gap = -1;
  let at = 0;
  const end = text.indexOf('%') < 0 ? text.length : text.indexOf('%');
  if (text.startsWith('::')) {
    gap = 0;
    at = 2;
  }
  while (at < end) {
    let value = 0;
    const from = at;
    for (let digit = hexDigit(text, at, end); digit >= 0; digit = hexDigit(text, at, end)) {
      value = value * 16 + digit;
      at++;
    }
    if (at < end && text.charCodeAt(at) === 46) {
      const ipv4 = readIPv4(text.slice(0, end), from);
      if (ipv4 < 0 || count > 6) return null;
      groups[count++] = Math.floor(ipv4 / 65_536);
      groups[count++] = ipv4 % 65_536;
      at = end;
      break;
    }
    if (at === from || at - from > 4 || count > 7) return null;
    groups[count++] = value;
    if (at === end) break;
    if (text.charCodeAt(at++) !== 58 || at === end) return null;
    if (text.charCodeAt(at) === 58) {
      if (gap >= 0) return null;
      gap = count;
      at++;
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return null;
  if (gap >= 0) {
    groups.copyWithin(8 - (count - gap), gap, count);
    groups.fill(0, gap, 8 - (count - gap));
  }
  found.high = (groups[0] << 16) | groups[1];
  found.low = (groups[2] << 16) | groups[3];
  const mapped = found.high === 0 && found.low === 0 && groups[4] === 0 && groups[5] === 0xffff;
  found.mapped = mapped ? groups[6] * 65_536 + groups[7] : -1;
  return found;
}

function hexDigit(text: string, at: number, end: number): number {
  if (at >= end) return -1;
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
