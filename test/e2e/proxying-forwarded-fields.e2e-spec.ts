import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestContext, Stage, StageHooks } from '../../apps/gateway/src/pipeline/contract/index.js';
import { call } from '../helpers/call.js';
import { valuesOf, type WireMessage } from '../helpers/http-message.js';
import { startRecordingUpstream, type RecordingUpstream } from '../helpers/recording-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

/** Tells the upstream whom the gateway takes for the client, as policies do that limit by address. */
class ClientAddressStage implements Stage {
  readonly name = 'client-address';
  readonly after = 'body-limit';

  compile(): StageHooks {
    return {
      forward({ head }: RequestContext, headers) {
        headers.push('x-client', head.clientAddress, 'x-scheme', head.scheme);
      },
    };
  }
}

const STRANGER = '127.0.0.1';
const HOP = '127.0.0.2';

describe('forwarding fields', () => {
  let upstream: RecordingUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startRecordingUpstream();
    gateway = await startGateway(
      {
        server: { trustProxy: [HOP, '10.0.0.0/8', '2001:db8:ffff::/48'] },
        upstreams: { raw: { targets: [{ url: upstream.url }] } },
        routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
      },
      { stages: [ClientAddressStage] },
    );
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  async function send(from: string, headers: Record<string, string | string[]> = {}): Promise<WireMessage> {
    const reply = await call(gateway.url, { from, headers: { host: 'shop.example:8080', ...headers } });
    expect(reply.status).toBe(200);
    return upstream.last;
  }

  const fields = (sent: WireMessage, ...names: string[]): string[][] => names.map((name) => valuesOf(sent, name));
  const all = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded'];
  const direct = [[STRANGER], ['http'], ['shop.example:8080'], ['for=127.0.0.1;host="shop.example:8080";proto=http']];

  describe('of a client that is not trusted', () => {
    it('tell who it is, what it asked for, and how', async () => {
      expect(fields(await send(STRANGER), ...all)).toEqual(direct);
    });

    it('are replaced when it brings its own', async () => {
      const sent = await send(STRANGER, {
        'x-forwarded-for': ['10.1.1.1', '10.2.2.2'],
        'X-Forwarded-Proto': 'https',
        'x-forwarded-host': 'evil.example',
        forwarded: ['for=10.1.1.1;proto=https', 'for=10.2.2.2'],
      });
      expect(fields(sent, ...all)).toEqual(direct);
      expect(fields(sent, 'x-client', 'x-scheme')).toEqual([[STRANGER], ['http']]);
    });

    it('do not follow a client whose address only resembles a trusted one', async () => {
      const sent = await send('127.0.0.22', { 'x-forwarded-for': '203.0.113.7' });
      expect(fields(sent, 'x-forwarded-for', 'x-client')).toEqual([['127.0.0.22'], ['127.0.0.22']]);
    });
  });

  describe('of a trusted hop', () => {
    it('are continued', async () => {
      const sent = await send(HOP, {
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'www.example',
      });
      expect(fields(sent, ...all)).toEqual([
        ['203.0.113.7, 127.0.0.2'],
        ['https'],
        ['www.example'],
        ['for=203.0.113.7, for=127.0.0.2;host="www.example";proto=https'],
      ]);
      expect(fields(sent, 'x-client', 'x-scheme')).toEqual([['203.0.113.7'], ['https']]);
    });

    it('are begun where it brings none', async () => {
      expect(fields(await send(HOP), 'x-forwarded-for', 'forwarded', 'x-client')).toEqual([
        [HOP],
        ['for=127.0.0.2;host="shop.example:8080";proto=http'],
        [HOP],
      ]);
    });

    it.each([
      ['several trusted hops', '203.0.113.7, 10.0.0.5, 10.0.0.6', '203.0.113.7'],
      ['what the client had forged in front', '1.1.1.1, 203.0.113.7, 10.0.0.6', '203.0.113.7'],
      ['an address that it forged to look trusted', '10.9.9.9, 203.0.113.7', '203.0.113.7'],
      ['hops all the way', '10.0.0.4, 10.0.0.5', '10.0.0.4'],
      ['a port', '203.0.113.7:4711, 10.0.0.6', '203.0.113.7'],
      ['an IPv6 address', '2001:db8::7', '2001:db8::7'],
      ['an IPv6 address in brackets, with a port', '[2001:db8::7]:4711', '2001:db8::7'],
      ['an IPv6 hop', '203.0.113.7, 2001:db8:ffff::1', '203.0.113.7'],
      ['an IPv4 address written as IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
      ['no address', 'unknown, 10.0.0.6', '10.0.0.6'],
      ['nonsense', '203.0.113.7, <script>', HOP],
      ['empty elements', ' , ', HOP],
    ])('tell the client through %s', async (_what, chain, client) => {
      expect(valuesOf(await send(HOP, { 'x-forwarded-for': chain }), 'x-client')).toEqual([client]);
    });

    it.each([
      ['for=203.0.113.7;proto=https, for=10.0.0.5', '203.0.113.7'],
      ['For="[2001:db8::7]:4711"', '2001:db8::7'],
      ['for=_hidden, for=10.0.0.5', '10.0.0.5'],
      ['host=a;for=203.0.113.7', '203.0.113.7'],
      ['for="203.0.113.7, for=10.0.0.1', '10.0.0.1'],
    ])('tell the client by Forwarded, too: %s', async (forwarded, client) => {
      expect(valuesOf(await send(HOP, { forwarded }), 'x-client')).toEqual([client]);
    });

    it('bracket and quote an IPv6 address in Forwarded', async () => {
      const sent = await send(HOP, { 'x-forwarded-for': '2001:db8::7' });
      expect(fields(sent, 'x-forwarded-for', 'forwarded')).toEqual([
        ['2001:db8::7, 127.0.0.2'],
        ['for="[2001:db8::7]", for=127.0.0.2;host="shop.example:8080";proto=http'],
      ]);
    });

    it('are joined when they come in several fields', async () => {
      const sent = await send(HOP, { 'x-forwarded-for': ['203.0.113.7', '10.0.0.5'] });
      expect(fields(sent, 'x-forwarded-for', 'x-client')).toEqual([
        ['203.0.113.7, 10.0.0.5, 127.0.0.2'],
        ['203.0.113.7'],
      ]);
    });

    it.each(['javascript', 'HTTPS', 'https, http', ''])('tell http or https and nothing else: %s', async (proto) => {
      const [sent] = fields(await send(HOP, { 'x-forwarded-proto': proto }), 'x-forwarded-proto');
      expect(sent).toEqual([proto.toLowerCase() === 'https' ? 'https' : 'http']);
    });

    it('tell no host that is none', async () => {
      const sent = await send(HOP, { 'x-forwarded-host': 'a"b;c' });
      expect(fields(sent, 'x-forwarded-host')).toEqual([['shop.example:8080']]);
    });
  });

  it.each([
    'x-user-id',
    'X-User-ID',
    'x-tenant-id',
    'X-TENANT-ID',
    'x-real-ip',
    'x-forwarded-port',
    'x-forwarded-server',
    'x-forwarded-prefix',
  ])('that only the gateway may write are taken from everybody: %s', async (name) => {
    for (const from of [STRANGER, HOP]) {
      const sent = await send(from, { [name]: ['root', 'admin'] });
      expect(valuesOf(sent, name.toLowerCase())).toEqual([]);
    }
  });

  it('are the same for each request of a connection, and follow its Host', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const host of ['a.example', 'b.example', 'a.example']) {
      await call(gateway.url, { agent, headers: { host } });
      expect(fields(upstream.last, 'x-forwarded-host', 'forwarded')).toEqual([
        [host],
        [`for=127.0.0.1;host="${host}";proto=http`],
      ]);
    }
    agent.destroy();
  });
});
