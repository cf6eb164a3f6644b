import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';

const HOST = 'Host: gateway.example\r\n';

describe('a request line', () => {
  let upstream: StrictUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startStrictUpstream();
    gateway = await startGateway({
      server: { headTimeoutMs: 1_000 },
      upstreams: { strict: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'strict' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  afterEach(async () => {
    expect(upstream.broken.splice(0)).toEqual([]);
    const { replies } = await converse(gateway.port, `GET /after HTTP/1.1\r\n${HOST}\r\n`);
    expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
    expect(upstream.requests.pop()).toMatchObject({ target: '/after' });
    upstream.requests.length = 0;
  });

  it.each([
    ['section 3: a tab for the space', `GET\t/a HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3: a space in front', ` GET /a HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3: no method', `/a HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3: a space behind', `GET /a HTTP/1.1 \r\n${HOST}\r\n`],
    ['section 3: a space within', `GET /a b HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3: no target', `GET HTTP/1.1\r\n${HOST}\r\n`],
    ['section 2.2: a bare LF at its end', `GET /a HTTP/1.1\n${HOST}\r\n`],
    ['section 2.2: a bare CR at its end', `GET /a HTTP/1.1\r${HOST}\r\n`],
    ['section 2.3: another protocol', `GET /a HTTQ/1.1\r\n${HOST}\r\n`],
    ['section 2.3: the protocol in lower case', `GET /a http/1.1\r\n${HOST}\r\n`],
    ['section 2.3: a version of three digits', `GET /a HTTP/1.10\r\n${HOST}\r\n`],
    ['section 2.3: a version without a dot', `GET /a HTTP/11\r\n${HOST}\r\n`],
    ['section 3.2: a NUL in the target', `GET /a\0 HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3.2: a control byte in the target', `GET /a\x01 HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3.2: DEL in the target', `GET /a\x7f HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3.2: bytes beyond ASCII in the target', `GET /\xe4 HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3.2: bytes beyond ASCII in the query', `GET /a?\xe4 HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3.2.3: an authority for a method other than CONNECT', `GET other.example:80 HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3.2.1: a path without a slash', `GET a HTTP/1.1\r\n${HOST}\r\n`],
    ['section 3.2.1: a query without a path', `GET ?a HTTP/1.1\r\n${HOST}\r\n`],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('is refused with 400 and the connection closed (RFC 9112 %s)', async (_what, bytes) => {
    const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
    expect(replies).toHaveLength(1);
    expectWireProblem(replies[0], 400, 'malformed-request');
    expect(replies[0].fields).toContain('connection: close');
    expect(ended).toBe(true);
    expect(upstream.requests).toEqual([]);
  });

  it.each([
    ['section 3.2.1: a fragment in the path', '/a#b', 'malformed-path'],
    ['section 3.2.1: a fragment behind the query', '/a?b#c', 'malformed-request'],
    ['section 3.2.4: an asterisk for another method than OPTIONS', '*', 'malformed-request'],
    ['section 3.2.2: a scheme that is not served', 'ftp://other.example/a', 'malformed-request'],
    ['section 3.2.2: an absolute target without a host', 'http:///a', 'malformed-request'],
    ['RFC 9110 section 4.2.4: user information', 'http://user:pass@other.example/a', 'malformed-host'],
  ])('is refused with 400 for its target (RFC 9112 %s)', async (_what, target, code) => {
    const { replies } = await converse(gateway.port, `GET ${target} HTTP/1.1\r\n${HOST}\r\n`);
    expectWireProblem(replies[0], 400, code);
    expect(upstream.requests).toEqual([]);
  });

  it.each(['BREW', 'get', 'GETX', 'X-CUSTOM'])(
    'with an unknown method is refused with 501 and closed, since its framing is unknown (RFC 9110 section 9.1): %s',
    async (method) => {
      const { replies, ended } = await converse(gateway.port, `${method} /a HTTP/1.1\r\n${HOST}\r\n`);
      expectWireProblem(replies[0], 501, 'method-not-implemented');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    },
  );

  it.each([
    ['an unknown method', ['BR', 'EW /a HTTP/1.1\r\n'], 501],
    ['a bad version', ['GET /a HT', 'TP/1.', '10\r\n'], 400],
    ['bytes that begin no method', ['\0', '\0\0'], 400],
  ])('is answered the same when it comes in pieces: %s', async (_what, parts, status) => {
    const { replies, ended } = await converse(gateway.port, parts, { replies: Infinity });
    expect(replies).toMatchObject([{ status, complete: true }]);
    expect(ended).toBe(true);
  });

  it.each([
    ['authority-form', 'CONNECT other.example:443'],
    ['authority-form of a loopback port', 'CONNECT 127.0.0.1:22'],
    ['origin-form', 'CONNECT /a'],
  ])('with CONNECT is refused with 501, since there is no tunnel (RFC 9110 section 9.3.6): %s', async (_what, line) => {
    const { replies, ended } = await converse(gateway.port, `${line} HTTP/1.1\r\n${HOST}\r\nbytes for the tunnel`);
    expectWireProblem(replies[0], 501, 'method-not-implemented');
    expect(ended).toBe(true);
    expect(upstream.requests).toEqual([]);
  });

  describe('in absolute-form', () => {
    it.each([
      ['http://other.example:81/a?b', '/a?b', 'other.example:81'],
      ['HTTP://Other.Example/a', '/a', 'Other.Example'],
      ['http://other.example', '/', 'other.example'],
      ['http://other.example?b', '/?b', 'other.example'],
      ['http://other.example/x/../a//b', '/a/b', 'other.example'],
    ])('goes on in origin-form, with the host of the target (section 3.2.2): %s', async (target, path, host) => {
      await converse(gateway.port, `GET ${target} HTTP/1.1\r\n${HOST}\r\n`);
      expect(upstream.requests).toHaveLength(1);
      expect(upstream.requests[0].target).toBe(path);
      expect(upstream.requests[0].fields).toContain(`x-forwarded-host: ${host}`);
      expect(upstream.requests[0].fields.join('\n')).not.toContain('gateway.example');
    });

    it('needs a Host field all the same (section 3.2)', async () => {
      const { replies } = await converse(gateway.port, 'GET http://other.example/a HTTP/1.1\r\n\r\n');
      expectWireProblem(replies[0], 400, 'malformed-host');
      expect(upstream.requests).toEqual([]);
    });
  });

  it('in asterisk-form asks about the gateway itself, for OPTIONS (section 3.2.4)', async () => {
    const { replies } = await converse(gateway.port, `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`);
    expect(replies).toMatchObject([{ status: 204, body: '' }]);
    expect(upstream.requests).toEqual([]);
  });

  it.each([
    ['two spaces before the target', `GET  /a HTTP/1.1\r\n${HOST}\r\n`],
    ['two spaces behind the target', `GET /a  HTTP/1.1\r\n${HOST}\r\n`],
    ['an empty line in front (section 2.2)', `\r\nGET /a HTTP/1.1\r\n${HOST}\r\n`],
  ])('may be parsed leniently, and goes on as it should have been (section 3): %s', async (_what, bytes) => {
    const { replies } = await converse(gateway.port, bytes);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests).toMatchObject([{ method: 'GET', target: '/a' }]);
  });

  describe('of another version', () => {
    it.each(['HTTP/2.0', 'HTTP/3.0', 'HTTP/0.9', 'HTTP/1.2', 'HTTP/9.9'])(
      'is refused with 505 and closed (RFC 9110 section 15.6.6): %s',
      async (version) => {
        const { replies, ended } = await converse(gateway.port, `GET /a ${version}\r\n${HOST}\r\n`);
        expectWireProblem(replies[0], 505, 'http-version-not-supported');
        expect(ended).toBe(true);
        expect(upstream.requests).toEqual([]);
      },
    );

    it('is refused with 505 when it is the preface of HTTP/2 (RFC 9113 section 3.4)', async () => {
      const { replies, ended } = await converse(gateway.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
      expectWireProblem(replies[0], 505, 'http-version-not-supported');
      expect(ended).toBe(true);
    });

    it('is refused when it has none: HTTP/0.9 is no longer HTTP (RFC 9112 appendix C)', async () => {
      const { replies, ended } = await converse(gateway.port, `GET /a\r\n${HOST}\r\n`);
      expectWireProblem(replies[0], 505, 'http-version-not-supported');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it('is closed in time when it has none and nothing follows', async () => {
      const { replies, ended } = await converse(gateway.port, 'GET /a\r\n', { replies: Infinity });
      expectWireProblem(replies[0], 408, 'request-timeout');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it.each([
      ['with a host', HOST],
      ['without a host (RFC 9112 section 3.2 asks only 1.1 for it)', ''],
    ])('1.0 is served and closed, and goes on as 1.1 (section 2.3): %s', async (_what, host) => {
      const { replies, ended } = await converse(gateway.port, `GET /a HTTP/1.0\r\n${host}\r\n`, { replies: Infinity });
      expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
      expect(ended).toBe(true);
      expect(upstream.requests).toMatchObject([{ method: 'GET', target: '/a' }]);
      expect(upstream.requests[0].fields.find((field) => field.startsWith('via: '))).toMatch(/^via: 1\.0 /);
    });

    it('1.0 is kept open where the client asks for it (section 9.3)', async () => {
      const request = `GET /a HTTP/1.0\r\n${HOST}Connection: keep-alive\r\n\r\n`;
      const { replies, ended } = await converse(gateway.port, [request, request], { replies: 2 });
      expect(replies).toMatchObject([{ status: 200 }, { status: 200 }]);
      expect(ended).toBe(false);
    });
  });
});
