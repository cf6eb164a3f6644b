import { isIP } from 'node:net';

/** `::ffff:192.0.2.1` is how a dual-stack socket names the IPv4 peer 192.0.2.1. */
export function plainAddress(address: string): string {
  if (!address.startsWith('::ffff:') || !address.includes('.')) return address;
  const mapped = address.slice(7);
  return isIP(mapped) === 4 ? mapped : address;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (address.startsWith('127.') && isIP(address) === 4);
}
