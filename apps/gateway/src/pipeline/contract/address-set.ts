import { BlockList, isIP } from 'node:net';

/** A set of IP addresses, from addresses and CIDR blocks. An IPv4 address in IPv6 notation is the IPv4 address. */
export class AddressSet {
  readonly empty: boolean;
  private readonly blocks = new BlockList();

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

  /** What is no address is in no set. */
  has(address: string): boolean {
    if (this.empty) return false;
    const version = isIP(address);
    return version !== 0 && this.blocks.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}
