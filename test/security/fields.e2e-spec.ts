import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';

const HOST = 'Host: gateway.example\r\n';
const LINE = 'GET /a HTTP/1.1\r\n';

describe('request fields', () => {
  let upstream: StrictUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startStrictUpstream();
    gateway = await startGateway({
      server: { headBytesMax: 262_144 },
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
    upstream.requests.length = 0;
  });

  it.each([
    ['section 5.1: a space before the colon', `${HOST}X : a\r\n`],
    ['section 5.1: a tab before the colon', `${HOST}X\t: a\r\n`],
    ['section 5.1: no colon', `${HOST}Xabc\r\n`],
    ['section 5.1: no name', `${HOST}: abc\r\n`],
    ['RFC 9110 section 5.1: a name that is no token', `${HOST}X@y: abc\r\n`],
    ['RFC 9110 section 5.1: a name with a space', `${HOST}X y: abc\r\n`],
    ['RFC 9110 section 5.1: a name beyond ASCII', `${HOST}X\x80: abc\r\n`],
    ['RFC 9110 section 5.1: a NUL in a name', `${HOST}X\0: abc\r\n`],
    ['section 5.2: obs-fold with a space', `${HOST}X: a\r\n b\r\n`],
    ['section 5.2: obs-fold with a tab', `${HOST}X: a\r\n\tb\r\n`],
    ['section 5.2: obs-fold in Host', 'Host: gateway.example\r\n .other\r\n'],
    ['section 2.2: whitespace before the first field', ` X: a\r\n${HOST}`],
    ['section 2.2: a bare LF behind a field', `${HOST}X: a\nY: b\r\n`],
    ['section 2.2: a bare CR behind a field', `${HOST}X: a\rY: b\r\n`],
    ['section 2.2: a bare CR in a value', `${HOST}X: a\rb\r\n`],
    ['section 2.2: a bare LF in a value', `${HOST}X: a\nb\r\n`],
    ['RFC 9110 section 5.5: a NUL in a value', `${HOST}X: a\0b\r\n`],
    ['RFC 9110 section 5.5: DEL in a value', `${HOST}X: a\x7fb\r\n`],
    ...[0x01, 0x08, 0x0b, 0x0c, 0x1b, 0x1f].map(
      (code) =>
        [`RFC 9110 section 5.5: byte ${code} in a value`, `${HOST}X: a${String.fromCharCode(code)}b\r\n`] as const,
    ),
  ])('are refused with 400 and the connection closed (RFC 9112 %s)', async (_what, fields) => {
    const { replies, ended } = await converse(gateway.port, `${LINE}${fields}\r\n`, { replies: Infinity });
    expect(replies).toHaveLength(1);
    expectWireProblem(replies[0], 400, 'malformed-request');
    expect(ended).toBe(true);
    expect(upstream.requests).toEqual([]);
  });

  it('are refused when the head ends in a bare LF (RFC 9112 section 2.2)', async () => {
    const { replies, ended } = await converse(gateway.port, `${LINE}${HOST}\n`, { replies: Infinity });
    expectWireProblem(replies[0], 400, 'malformed-request');
    expect(ended).toBe(true);
  });

  it.each([
    ['a tab within', 'a\tb'],
    ['bytes beyond ASCII', 'a\x80\xe9\xffb'],
    ['nothing', ''],
    ['spaces within', 'a   b'],
    ['what looks like a field', 'X-Other: b'],
    ['quotes and separators', '"a, b"; c=(d)'],
  ])('reach the upstream byte for byte: %s (RFC 9110 section 5.5)', async (_what, value) => {
    const { replies } = await converse(gateway.port, `${LINE}${HOST}X-Value: ${value}\r\n\r\n`);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests[0].fields).toContain(`x-value: ${value}`);
  });

  it('reach the upstream without the whitespace around them (RFC 9112 section 5.1)', async () => {
    await converse(gateway.port, `${LINE}${HOST}X-Value: \t  a \t\r\n\r\n`);
    expect(upstream.requests[0].fields).toContain('x-value: a');
  });

  it('reach the upstream in their order, also those of one name', async () => {
    await converse(gateway.port, `${LINE}${HOST}X-A: 1\r\nX-B: 2\r\nx-a: 3\r\nX-A: 4\r\n\r\n`);
    const own = upstream.requests[0].fields.filter((field) => /^x-[ab]:/.test(field));
    expect(own).toEqual(['x-a: 1', 'x-b: 2', 'x-a: 3', 'x-a: 4']);
  });

  it('reach the upstream by the thousand, each of them', async () => {
    const fields = Array.from({ length: 8_000 }, (_, i) => `x-${i}: ${i}`);
    const { replies } = await converse(gateway.port, `${LINE}${HOST}${fields.join('\r\n')}\r\n\r\n`);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests[0].fields.filter((field) => /^x-\d+:/.test(field))).toEqual(fields);
  });

  it('are taken away by the thousand where Connection nominates them (RFC 9110 section 7.6.1)', async () => {
    const names = Array.from({ length: 8_000 }, (_, i) => `x-${i}`);
    const fields = [`Connection: ${names.join(',')}`, ...names.map((name) => `${name}: 1`), 'X-Kept: 1'];
    const { replies } = await converse(gateway.port, `${LINE}${HOST}${fields.join('\r\n')}\r\n\r\n`);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests[0].fields.filter((field) => /^x-(?:\d+|kept):/.test(field))).toEqual(['x-kept: 1']);
  });

  it('arrive the same when every byte comes by itself', async () => {
    const bytes = Array.from(`GET /a?b HTTP/1.1\r\n${HOST}X-Value: a\r\n\r\n`);
    const { replies } = await converse(gateway.port, bytes);
    expect(replies).toMatchObject([{ status: 200 }]);
    expect(upstream.requests).toMatchObject([{ method: 'GET', target: '/a?b' }]);
    expect(upstream.requests[0].fields).toContain('x-value: a');
  });
});

describe('the Host field', () => {
  let upstream: StrictUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startStrictUpstream();
    gateway = await startGateway({
      upstreams: {
        own: { targets: [{ url: upstream.url }] },
        passed: { targets: [{ url: upstream.url }], hostHeader: 'client' },
      },
      routes: [
        { id: 'any', match: { path: '/*' }, upstream: 'own' },
        { id: 'passed', match: { path: '/passed' }, upstream: 'passed' },
        { id: 'secret', match: { path: '/*', hosts: ['secret.example'] }, respond: { body: 'secret' } },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  afterEach(() => {
    expect(upstream.broken.splice(0)).toEqual([]);
    upstream.requests.length = 0;
  });

  it.each([
    ['is missing', ''],
    ['is given twice', `${HOST}Host: other.example\r\n`],
    ['is given twice with one value', HOST + HOST],
    ['is given twice in another case', `${HOST}hOST: gateway.example\r\n`],
    ['is empty', 'Host:\r\n'],
    ['holds a space', 'Host: a b\r\n'],
    ['holds a path', 'Host: a/b\r\n'],
    ['holds a query', 'Host: a?b\r\n'],
    ['holds user information', 'Host: user@a\r\n'],
    ['holds a port that is no number', 'Host: a:b\r\n'],
    ['holds two ports', 'Host: a:1:2\r\n'],
    ['holds only a port', 'Host: :80\r\n'],
    ['holds several hosts', 'Host: a, b\r\n'],
    ['holds several hosts without a space', 'Host: a,b\r\n'],
    ['holds percent-encoding', 'Host: secret%2Eexample\r\n'],
    ['holds an encoded NUL', 'Host: a%00b\r\n'],
    ['holds a quote', 'Host: a"b\r\n'],
    ['holds a backslash', 'Host: a\\b\r\n'],
    ['holds bytes beyond ASCII', 'Host: b\xfccher.example\r\n'],
    ['holds an open bracket', 'Host: [::1\r\n'],
    ['holds an address without brackets', 'Host: ::1\r\n'],
    ['holds a scheme', 'Host: http://a\r\n'],
  ])('that %s is refused with 400 (RFC 9112 section 3.2)', async (_what, fields) => {
    const { replies } = await converse(gateway.port, `${LINE}${fields}\r\n`);
    expectWireProblem(replies[0], 400, 'malformed-host');
    expect(upstream.requests).toEqual([]);
  });

  it('is judged anew on each request of a connection', async () => {
    const requests = ['a', 'a b', 'a', '', 'a'].map((host) => `${LINE}Host: ${host}\r\n\r\n`);
    const { replies } = await converse(gateway.port, requests, { replies: 5 });
    expect(replies.map(({ status }) => status)).toEqual([200, 400, 200, 400, 200]);
  });

  it.each(['secret.example', 'SECRET.example', 'secret.example:8443', 'secret.example.', 'Secret.Example.:1'])(
    'selects a route by its name alone: %s',
    async (host) => {
      const { replies } = await converse(gateway.port, `${LINE}Host: ${host}\r\n\r\n`);
      expect(replies).toMatchObject([{ status: 200, body: 'secret' }]);
    },
  );

  it.each(['xsecret.example', 'secret.example.other', 'secret.examplex', 'a.secret.example', 'secret_example'])(
    'selects no route by a name that is only alike: %s',
    async (host) => {
      const { replies } = await converse(gateway.port, `${LINE}Host: ${host}\r\n\r\n`);
      expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
    },
  );

  it('goes on as the client wrote it, where the upstream asks for that', async () => {
    await converse(gateway.port, `GET /passed HTTP/1.1\r\nHost: Any.Example:81\r\n\r\n`);
    expect(upstream.requests[0].fields).toContain('host: Any.Example:81');
  });

  it('goes on as the host of the target, where the target has one', async () => {
    await converse(gateway.port, `GET http://target.example:82/passed HTTP/1.1\r\n${HOST}\r\n`);
    expect(upstream.requests[0].fields).toContain('host: target.example:82');
    expect(upstream.requests[0].fields.join()).not.toContain('gateway.example');
  });
});
