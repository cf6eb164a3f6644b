import { describe, expect, it } from '@jest/globals';
import { clientOf, forParameter, forwardedChain } from './forwarded-chain.js';

describe('the chain that hops have written', () => {
  it.each([
    ['nothing', '', '', []],
    ['one address', '192.0.2.1', '', ['192.0.2.1']],
    ['several', '192.0.2.1, 10.0.0.1 ,10.0.0.2', '', ['192.0.2.1', '10.0.0.1', '10.0.0.2']],
    [
      'ports and brackets',
      '192.0.2.1:1234, [2001:db8::1]:80, 2001:db8::2',
      '',
      ['192.0.2.1', '2001:db8::1', '2001:db8::2'],
    ],
    ['an IPv4 address in IPv6 dress', '::ffff:192.0.2.1', '', ['192.0.2.1']],
    ['a zone', 'fe80::1%eth0, ::ffff:192.0.2.1%a, ::ffff:1%.', '', ['fe80::1', '192.0.2.1', '::ffff:1']],
    ['what is no address', 'unknown, 192.0.2.1', '', ['', '192.0.2.1']],
    ['an empty element', '192.0.2.1,,10.0.0.1', '', ['192.0.2.1', '', '10.0.0.1']],
    ['an open bracket', '[2001:db8::1', '', ['']],
    ['X-Forwarded-For rather than Forwarded', '192.0.2.1', 'for=192.0.2.9', ['192.0.2.1']],
  ])('is read from X-Forwarded-For: %s', (_, xForwardedFor, forwarded, chain) => {
    expect(forwardedChain(xForwardedFor, forwarded)).toEqual(chain);
  });

  it.each([
    ['one hop', 'for=192.0.2.1', ['192.0.2.1']],
    ['several hops', 'for=192.0.2.1, for=10.0.0.1', ['192.0.2.1', '10.0.0.1']],
    ['other parameters', 'proto=https;For="[2001:db8::1]:47011";by=10.0.0.9', ['2001:db8::1']],
    ['spaces around', ' for=192.0.2.1 ; proto=http ,for=10.0.0.1', ['192.0.2.1', '10.0.0.1']],
    ['a hidden name', 'for=_secret, for=10.0.0.1', ['', '10.0.0.1']],
    ['a hop that does not say', 'proto=https, for=10.0.0.1', ['', '10.0.0.1']],
    ['an escaped quote', 'for=192.0.2.1;host="a\\"b"', ['192.0.2.1']],
    // A host is chosen by the client, and may hold all of these.
    ['a parameter inside a quoted host', 'host="x;for=9.9.9.9";for=192.0.2.1', ['192.0.2.1']],
    ['an element inside a quoted host', 'for=192.0.2.1;host="x,for=9.9.9.9;y"', ['192.0.2.1']],
  ])('is read from Forwarded: %s', (_, forwarded, chain) => {
    expect(forwardedChain('', forwarded)).toEqual(chain);
  });

  it.each([
    ['a quote left open, which would hide the next hop', 'for=9.9.9.9;x=", for=192.0.2.1', ['', '192.0.2.1']],
    ['a quote left open before a hop that quotes', 'for=9.9.9.9;x=", for="[2001:db8::1]"', ['', '2001:db8::1']],
    ['a quote left open before a hop that quotes the host', 'x=", for=192.0.2.1;host=";y="', ['', '192.0.2.1']],
    ['a value behind a quoted one', 'for="192.0.2.1"x, for=10.0.0.1', ['', '10.0.0.1']],
    ['a parameter twice', 'for=9.9.9.9;for=192.0.2.1, for=10.0.0.1', ['', '10.0.0.1']],
    ['no parameter at all', '192.0.2.1, for=10.0.0.1', ['', '10.0.0.1']],
    ['nothing but malformed elements', '"', ['']],
    ['empty elements, which mean nothing', ', for=192.0.2.1,, for=10.0.0.1,', ['192.0.2.1', '10.0.0.1']],
  ])('is read up to what a client has made malformed: %s', (_, forwarded, chain) => {
    expect(forwardedChain('', forwarded)).toEqual(chain);
  });

  it('is read in bounded time, whatever a client sends', () => {
    expect(forwardedChain('', `${','.repeat(100_000)}for=192.0.2.1`).at(-1)).toBe('192.0.2.1');
    expect(forwardedChain('', `"${',x='.repeat(30_000)}"`)).toEqual(['']);
    expect(forwardedChain('', `for=${'a;b='.repeat(30_000)}", for=192.0.2.1`)).toEqual(['', '192.0.2.1']);
  });

  it('is cut to the nearest 32 hops', () => {
    const addresses = Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`);
    expect(forwardedChain(addresses.join(','), '')).toEqual(addresses.slice(-32));
    const elements = addresses.map((address) => `for=${address}`);
    expect(forwardedChain('', elements.join(','))).toEqual(addresses.slice(-32));
  });
});

describe('the client', () => {
  const trusts = (address: string): boolean => address.startsWith('10.');

  it.each([
    ['is the peer when there is no chain', [], '10.0.0.1', '10.0.0.1'],
    ['is the peer when nobody trusts it', ['192.0.2.1'], '198.51.100.1', '198.51.100.1'],
    ['is what a trusted peer says', ['192.0.2.1'], '10.0.0.1', '192.0.2.1'],
    ['is the last one that no trusted hop vouches for', ['1.1.1.1', '192.0.2.1', '10.0.0.2'], '10.0.0.1', '192.0.2.1'],
    ['is the farthest when all are trusted', ['10.0.0.3', '10.0.0.2'], '10.0.0.1', '10.0.0.3'],
    ['is the hop that would not tell', ['192.0.2.1', '', '10.0.0.2'], '10.0.0.1', '10.0.0.2'],
  ])('%s', (_, chain, peer, client) => {
    expect(clientOf(chain, peer, trusts)).toBe(client);
  });
});

describe('the for parameter', () => {
  it.each([
    ['192.0.2.1', 'for=192.0.2.1'],
    ['2001:db8::1', 'for="[2001:db8::1]"'],
    ['', 'for=unknown'],
  ])('of %j is %s', (address, parameter) => {
    expect(forParameter(address)).toBe(parameter);
  });
});
