import { isIP } from 'node:net';
import { clientOf, forParameter, forwardedChain } from '../../../apps/gateway/src/edge/forwarded-chain.js';
import { plainAddress } from '../../../apps/gateway/src/edge/plain-address.js';
import { isTraceparent } from '../../../apps/gateway/src/edge/traceparent.js';
import { isRequestId } from '../../../apps/gateway/src/edge/request-id.js';
import { demand, demandSame, type FuzzTarget } from '../harness/fuzz-target.js';

/** Addresses that a hop of ours has written, as it writes them. */
const hops = ['203.0.113.9', '2001:db8::7'];

/** Chains of forwarding fields, whose beginning a client has written: it cannot change how what is behind it is read. */
export const forwardedTarget: FuzzTarget = {
  name: 'forwarded',
  // What a head may have by default (`server.headBytesMax`).
  bytesMax: 16_384,
  seeds: [
    '10.0.0.1, 203.0.113.9',
    'for=192.0.2.1;host="a,b";proto=http, for="[2001:db8::1]:80"',
    'for=unknown',
    'for="_x\\""',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '::ffff:192.0.2.1',
  ].map((text) => Buffer.from(text, 'latin1')),
  dictionary: [
    'for=',
    'by=',
    'host=',
    'proto=http',
    '"',
    '\\"',
    ';',
    ', ',
    ',',
    '[::1]',
    '[',
    ']:80',
    '192.0.2.1',
    'unknown',
    '_hidden',
    '::ffff:',
    'for="[2001:db8::1]"',
    '00-',
    '-01',
    'ff-',
  ],

  run(input) {
    // What Node's parser lets into a field.
    const text = input
      .toString('latin1')
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')
      .trim();
    checkChain(forwardedChain(text, ''), { text });
    checkChain(forwardedChain('', text), { text });
    for (const hop of hops) {
      for (const rest of ['', ';host="a.example";proto=https']) {
        const written = `${forParameter(hop)}${rest}`;
        const chain = forwardedChain('', text === '' ? written : `${text}, ${written}`);
        demandSame('what a hop wrote is read otherwise', chain.at(-1), hop, { text });
      }
      demandSame('what a hop wrote is read otherwise', forwardedChain(`${text}, ${hop}`, '').at(-1), hop, { text });
      demandSame(
        'an untrusted peer is believed',
        clientOf(forwardedChain(text, ''), hop, () => false),
        hop,
        { text },
      );
    }
    const address = plainAddress(text);
    demand(isIP(text) === 0 || isIP(address) !== 0, 'no address any more', () => ({ text, address }));
    if (isTraceparent(text))
      demand(/^[0-9a-f-]{55}/.test(text) && !text.startsWith('ff'), 'no traceparent', () => ({ text }));
    if (isRequestId(text)) demand(/^[\x21-\x7e]{1,128}$/.test(text) && !/[,;"]/.test(text), 'no id', () => ({ text }));
  },
};

function checkChain(chain: readonly string[], tell: object): void {
  demand(chain.length <= 33, 'too long a chain', () => tell);
  for (const address of chain) demand(address === '' || isIP(address) !== 0, 'no address', () => ({ ...tell, chain }));
  const client = clientOf(chain, '192.0.2.1', () => true);
  demand(isIP(client) !== 0, 'a client without an address', () => ({ ...tell, chain, client }));
}
