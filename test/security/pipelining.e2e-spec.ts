import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DataPlane } from '../../apps/gateway/src/pipeline/data-plane.js';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { eventually, pass } from '../helpers/eventually.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';
import { wireReplies } from '../helpers/wire-replies.js';

const HOST = 'Host: gateway.example\r\n';
const get = (path: string): string => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
const reply = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

describe('pipelined requests', () => {
  let upstream: StrictUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startStrictUpstream({
      reply: async ({ target }) => {
        // Later ones are quicker, so that order has to be made.
        await pass(Number(/\d+$/.exec(target)?.[0] ?? 0));
        return reply(target);
      },
    });
    gateway = await startGateway({
      upstreams: { strict: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'all', match: { path: '/*' }, upstream: 'strict', websocket: true },
        { id: 'own', match: { path: '/own' }, respond: { body: 'own' } },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  afterEach(async () => {
    upstream.requests.length = 0;
    const { replies } = await converse(gateway.port, get('/after'));
    expect(upstream.broken.splice(0)).toEqual([]);
    expect(replies).toMatchObject([{ status: 200, body: '/after' }]);
    upstream.requests.length = 0;
  });

  it('are answered in their order, whichever is ready first (RFC 9112 section 9.3.2)', async () => {
    const paths = ['/x/80', '/x/40', '/own', '/x/60', '/x/1'];
    const { replies } = await converse(gateway.port, paths.map(get).join(''), { replies: 5 });
    expect(replies.map(({ body }) => body)).toEqual(['/x/80', '/x/40', 'own', '/x/60', '/x/1']);
  });

  it('may have bodies of either framing between them', async () => {
    const bytes = [
      `POST /x/30 HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`,
      `POST /x/20 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n`,
      get('/x/10'),
    ].join('');
    const { replies } = await converse(gateway.port, bytes, { replies: 3 });
    expect(replies.map(({ body }) => body)).toEqual(['/x/30', '/x/20', '/x/10']);
    expect(upstream.requests.map(({ body }) => body).sort()).toEqual(['', 'hello', 'world']);
  });

  it('keep their order around one that is refused with its connection in order', async () => {
    const bytes = get('/x/30') + get('/%zz') + get('/x/1') + `GET /x HTTP/1.1\r\n\r\n` + get('/own');
    const { replies } = await converse(gateway.port, bytes, { replies: 5 });
    expect(replies.map(({ status }) => status)).toEqual([200, 400, 200, 400, 200]);
  });

  it.each([
    ['a malformed field', `GET /x HTTP/1.1\r\nbad header\r\n\r\n`, 400, 'malformed-request'],
    ['an unknown method', `BREW /x HTTP/1.1\r\n${HOST}\r\n`, 501, 'method-not-implemented'],
    ['another version', `GET /x HTTP/3.0\r\n${HOST}\r\n`, 505, 'http-version-not-supported'],
    ['garbage', '\0\x01\x02garbage', 400, 'malformed-request'],
    ['a tunnel', `CONNECT x:1 HTTP/1.1\r\n${HOST}\r\n`, 501, 'method-not-implemented'],
    ['a broken chunk', `POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 'malformed-request'],
    ['a huge head', `GET /x HTTP/1.1\r\n${HOST}X: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'head-too-large'],
  ])('are answered first when what follows is %s, which ends the connection', async (_what, bad, status, code) => {
    const bytes = get('/x/60') + get('/x/30') + bad + get('/never');
    const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
    expect(replies.map((each) => each.status)).toEqual([200, 200, status]);
    expect(replies.slice(0, 2).map(({ body }) => body)).toEqual(['/x/60', '/x/30']);
    expectWireProblem(replies[2], status, code);
    expect(ended).toBe(true);
    expect(upstream.requests.map(({ target }) => target)).not.toContain('/never');
  });

  it('are answered first when what follows comes while they wait', async () => {
    const { replies, ended } = await converse(gateway.port, [get('/x/100'), 'not HTTP at all\r\n\r\n', 'nor this'], {
      replies: Infinity,
    });
    expect(replies.map(({ status }) => status)).toEqual([200, 501]);
    expect(ended).toBe(true);
  });

  it('are answered first when the head behind them is too slow', async () => {
    const slow = await startGateway({
      server: { headTimeoutMs: 200 },
      upstreams: { strict: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'strict' }],
    });
    const { replies } = await converse(slow.port, `${get('/x/1500')}GET /late HT`, { replies: Infinity });
    expect(replies.map(({ status }) => status)).toEqual([200, 408]);
    await slow.close();
  });

  it.each([
    ['that the gateway answers', '/own'],
    ['that an upstream answers', '/x/50'],
  ])('cannot switch protocols behind a request %s: it is served as an ordinary one', async (_what, first) => {
    const bytes = `${get(first)}GET /upgrade HTTP/1.1\r\n${HOST}${UPGRADE}\r\n${get('/never')}`;
    const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(ended).toBe(true);
    expect(upstream.requests.map(({ target }) => target)).not.toContain('/never');
    const switched = upstream.requests.find(({ target }) => target === '/upgrade');
    expect(switched?.fields.join('\n')).not.toMatch(/^(?:upgrade|connection: upgrade)/m);
  });

  describe('behind a reply that closes the connection', () => {
    it('are not served when the client asked for the close (RFC 9112 section 9.6)', async () => {
      const bytes = `GET /x/30 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n${get('/never')}`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toMatchObject([{ status: 200, body: '/x/30' }]);
      expect(ended).toBe(true);
      expect(upstream.requests.map(({ target }) => target)).toEqual(['/x/30']);
    });

    it('are not served when HTTP/1.0 ended it', async () => {
      const bytes = `GET /x/30 HTTP/1.0\r\n\r\n${get('/never')}`;
      const { replies } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toMatchObject([{ status: 200, body: '/x/30' }]);
      expect(upstream.requests.map(({ target }) => target)).toEqual(['/x/30']);
    });

    it('are not served when the gateway closes it for a body that it refused', async () => {
      const bytes = `POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${get('/never')}`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toMatchObject([{ status: 501 }]);
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });
  });

  it('are all let go when the client leaves in the middle', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(get('/x/300') + get('/x/300') + get('/x/300'));
    await eventually('the upstream has all', () => upstream.requests.length === 3);
    client.destroy();
    await eventually('no request is left', () => gateway.gateway.app.get(DataPlane).active === 0);
  });

  it('by the thousand are answered one and all', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(get('/own').repeat(5_000));
    const lastOf = (text: string): boolean => text.split('HTTP/1.1 200 OK').length === 5_001 && text.endsWith('own');
    await client.until(({ received }) => received.length > 5_000 * 100 && lastOf(received.toString('latin1')), 10_000);
    expect(wireReplies(client.text).every(({ status, body }) => status === 200 && body === 'own')).toBe(true);
    client.destroy();
  });
});

describe('a malformed body whose reply is under way', () => {
  it('cuts the reply instead of writing a second one into it', async () => {
    const upstream = await startRawUpstream(({ socket, received }) => {
      if (received.startsWith('GET')) socket.write(reply('ok'));
      else if (received.includes('hello')) {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegun\r\n');
      }
    });
    const gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'raw' }],
    });
    const client = await RawConnection.open(gateway.port);
    client.write(`POST /streaming HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    await client.until(({ text }) => text.includes('begun'));
    client.write('zz\r\n');
    await client.untilClosed();
    expect(client.text.split('HTTP/1.1 ')).toHaveLength(2);
    expect(wireReplies(client.text)).toMatchObject([{ status: 200, complete: false }]);
    const { replies } = await converse(gateway.port, get('/after'));
    expect(replies).toMatchObject([{ status: 200 }]);
    await gateway.close();
    await upstream.close();
  });
});
