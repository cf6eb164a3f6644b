import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';

const HOST = 'Host: gateway.example\r\n';
const WEBSOCKET = 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;

let upstream: StrictUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startStrictUpstream();
  gateway = await startGateway({
    upstreams: { strict: { targets: [{ url: upstream.url }] } },
    routes: [
      { id: 'all', match: { path: '/*' }, upstream: 'strict' },
      { id: 'socket', match: { path: '/socket' }, upstream: 'strict', websocket: true },
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
  const { replies } = await converse(gateway.port, `GET /after HTTP/1.1\r\n${HOST}\r\n`);
  expect(upstream.broken.splice(0)).toEqual([]);
  expect(replies).toMatchObject([{ status: 200 }]);
  upstream.requests.length = 0;
});

describe('an expectation', () => {
  it.each([
    ['that nobody knows', 'Expect: something'],
    ['beside the known one', 'Expect: 100-continue, something'],
    ['beside the known one, in a field of its own', 'Expect: 100-continue\r\nExpect: something'],
    ['that is only alike', 'Expect: 100-continued'],
    ['with a parameter', 'Expect: 100-continue;q=1'],
  ])('is refused with 417 (RFC 9110 section 10.1.1): %s', async (_what, field) => {
    const bytes = `POST /a HTTP/1.1\r\n${HOST}${field}\r\nContent-Length: 5\r\n\r\nhello`;
    const { replies } = await converse(gateway.port, bytes);
    expectWireProblem(replies[0], 417, 'expectation-failed');
    expect(upstream.requests).toEqual([]);
  });

  it('is refused without waiting for the body, and the connection closed', async () => {
    const bytes = `POST /a HTTP/1.1\r\n${HOST}Expect: something\r\nContent-Length: 50000\r\n\r\n`;
    const { replies, ended } = await converse(gateway.port, bytes);
    expectWireProblem(replies[0], 417, 'expectation-failed');
    expect(ended).toBe(true);
  });

  it('is judged on a route that no upstream serves, too', async () => {
    const { replies } = await converse(gateway.port, `GET /own HTTP/1.1\r\n${HOST}Expect: something\r\n\r\n`);
    expectWireProblem(replies[0], 417, 'expectation-failed');
  });

  it('is known in any case', async () => {
    const bytes = `GET /own HTTP/1.1\r\n${HOST}Expect: 100-CONTINUE\r\n\r\n`;
    const { replies } = await converse(gateway.port, bytes);
    expect(replies).toMatchObject([{ status: 200, body: 'own' }]);
  });

  it('is ignored in HTTP/1.0', async () => {
    const bytes = `POST /a HTTP/1.0\r\nExpect: something\r\nContent-Length: 5\r\n\r\nhello`;
    const { replies } = await converse(gateway.port, bytes);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests[0].fields.join('\n')).not.toMatch(/^expect:/m);
  });
});

describe('an upgrade', () => {
  const protocols: readonly (readonly [string, string, string])[] = [
    ['to HTTP/2', '/a', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n'],
    ['to WebSocket on a route without it', '/a', `Connection: Upgrade\r\n${WEBSOCKET}`],
    ['to HTTP/2 on a route with WebSocket', '/socket', 'Connection: Upgrade\r\nUpgrade: h2c\r\n'],
    ['to several at once', '/socket', 'Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n'],
    ['to another version of HTTP', '/a', 'Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n'],
    ['to TLS', '/a', 'Connection: Upgrade\r\nUpgrade: TLS/1.3\r\n'],
  ];

  it.each(protocols)(
    'that is not offered leaves an ordinary request (RFC 9110 section 7.8): %s',
    async (_what, path, fields) => {
      const { replies } = await converse(gateway.port, `GET ${path} HTTP/1.1\r\n${HOST}${fields}\r\n`);
      expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
      const [{ fields: seen }] = upstream.requests;
      expect(seen.join('\n')).not.toMatch(/^(?:upgrade|http2-settings|connection: upgrade)/im);
    },
  );

  it.each(protocols)('that is not offered lets nothing through behind it: %s', async (_what, path, fields) => {
    const bytes = `GET ${path} HTTP/1.1\r\n${HOST}${fields}\r\n${SMUGGLED}`;
    const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
    expect(replies).toHaveLength(1);
    expect(ended).toBe(true);
    expect(upstream.requests.map(({ target }) => target)).toEqual([path]);
  });

  it.each(protocols)('that is not offered takes a body with it like any request: %s', async (_what, path, fields) => {
    const bytes = `POST ${path} HTTP/1.1\r\n${HOST}${fields}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`;
    const { replies } = await converse(gateway.port, bytes);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests).toMatchObject([{ method: 'POST', target: path, body: SMUGGLED }]);
  });

  it('to WebSocket with a body is an ordinary request, also where WebSocket is offered', async () => {
    const head = `POST /socket HTTP/1.1\r\n${HOST}Connection: Upgrade\r\n${WEBSOCKET}`;
    const { replies } = await converse(gateway.port, `${head}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests).toMatchObject([{ target: '/socket', body: SMUGGLED }]);
  });

  it.each([
    ['that Connection does not name', WEBSOCKET],
    ['to nothing', 'Connection: Upgrade\r\nUpgrade:\r\n'],
  ])('%s is none, and the connection goes on', async (_what, fields) => {
    const bytes = `GET /socket HTTP/1.1\r\n${HOST}${fields}\r\nGET /next HTTP/1.1\r\n${HOST}\r\n`;
    const { replies, ended } = await converse(gateway.port, bytes, { replies: 2 });
    expect(replies).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(ended).toBe(false);
    expect(upstream.requests.map(({ target }) => target)).toEqual(['/socket', '/next']);
    expect(upstream.requests[0].fields.join('\n')).not.toMatch(/^upgrade/m);
  });

  it('that the upstream declines lets nothing through behind it', async () => {
    const bytes = `GET /socket HTTP/1.1\r\n${HOST}Connection: Upgrade\r\n${WEBSOCKET}\r\n${SMUGGLED}`;
    const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
    expect(replies).toHaveLength(1);
    expect(replies[0]).toMatchObject({ status: 200 });
    expect(ended).toBe(true);
    expect(upstream.requests.map(({ target }) => target)).toEqual(['/socket']);
  });

  it('to the control plane is an ordinary request', async () => {
    const bytes = `GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n${WEBSOCKET}\r\n`;
    const { replies } = await converse(gateway.port, bytes);
    expect(replies).toMatchObject([{ status: 200 }]);
  });
});
