import { BlockList, isIP } from 'node:net';

/** `::ffff:192.0.2.1` is how a dual-stack socket names the IPv4 peer 192.0.2.1. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (address.startsWith('127.') && isIP(address) === 4);
}

/** The hops whose word about the client is believed. */
export class TrustedAddresses {
  private readonly blocks = new BlockList();
  private readonly empty: boolean;

  /** @param cidrs addresses or CIDR blocks, already validated */
  constructor(cidrs: readonly string[]) {
    this.empty = cidrs.length === 0;
    for (const cidr of cidrs) {
      const [address, bits] = cidr.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.blocks.addAddress(address, family);
      else this.blocks.addSubnet(address, Number(bits), family);
    }
  }

  has(address: string): boolean {
    if (this.empty) return false;
    const version = isIP(address);
    return version !== 0 && this.blocks.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}
