import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const HEAD_BYTES_MAX = 4_096;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const TAIL = 'content-length: 2\r\n\r\nok';

const malformed: Readonly<Record<string, string>> = {
  garbage: 'garbage that is not HTTP at all\r\n\r\n',
  'binary garbage': '\x00\x01\x02\xff\xfe\x16\x03\x01\r\n\r\n',
  'a reply of SSH': 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n',
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a frame of HTTP/2': '\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64',
  'a request instead of a reply': 'GET / HTTP/1.1\r\nhost: a\r\n\r\n',
  'another version': `HTTP/3.0 200 OK\r\n${TAIL}`,
  'a version of three parts': `HTTP/1.1.1 200 OK\r\n${TAIL}`,
  'another protocol': `ICY 200 OK\r\n${TAIL}`,
  'no status': `HTTP/1.1 OK\r\n${TAIL}`,
  'a status of two digits': `HTTP/1.1 20 OK\r\n${TAIL}`,
  'a status of four digits': `HTTP/1.1 2000 OK\r\n${TAIL}`,
  'a status of letters': `HTTP/1.1 2OO OK\r\n${TAIL}`,
  'a status below 100': `HTTP/1.1 099 Low\r\n${TAIL}`,
  'a status of zero': `HTTP/1.1 000 Zero\r\n${TAIL}`,
  'a status above 599': `HTTP/1.1 600 High\r\n${TAIL}`,
  'a status of 999': `HTTP/1.1 999 Highest\r\n${TAIL}`,
  'a negative status': `HTTP/1.1 -20 OK\r\n${TAIL}`,
  'a field without a colon': `HTTP/1.1 200 OK\r\nno colon here\r\n${TAIL}`,
  'a field without a name': `HTTP/1.1 200 OK\r\n: value\r\n${TAIL}`,
  'a space in a field name': `HTTP/1.1 200 OK\r\nx y: 1\r\n${TAIL}`,
  'a space before the colon': `HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\nok`,
  'a NUL in a field value': `HTTP/1.1 200 OK\r\nx-a: b\x00c\r\n${TAIL}`,
  'a NUL in a field name': `HTTP/1.1 200 OK\r\nx\x00a: b\r\n${TAIL}`,
  'a control byte in a field value': `HTTP/1.1 200 OK\r\nx-a: b\x07c\r\n${TAIL}`,
  'a bare CR in a field value': `HTTP/1.1 200 OK\r\nx-a: b\rc\r\n${TAIL}`,
  'a length and a coding':
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'a coding and a length':
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'two different lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok',
  'two lengths in one field': 'HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\nok',
  'a length of letters': 'HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\nok',
  'a negative length': 'HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok',
  'a length with a sign': 'HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok',
  'a length in hexadecimal': 'HTTP/1.1 200 OK\r\ncontent-length: 0x2\r\n\r\nok',
  'a length beyond all bounds': `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(30)}\r\n\r\nok`,
  'an empty length': 'HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\nok',
};

const tooLarge: Readonly<Record<string, string>> = {
  'one large field': `HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(HEAD_BYTES_MAX)}\r\n${TAIL}`,
  'many fields': `HTTP/1.1 200 OK\r\n${'x-many: 0123456789012345678901234567890123456789\r\n'.repeat(200)}${TAIL}`,
  'a head without end': `HTTP/1.1 200 OK\r\n${'x-many: 0123456789\r\n'.repeat(5_000)}`,
  'a large interim head': `HTTP/1.1 103 Early Hints\r\nlink: ${'x'.repeat(HEAD_BYTES_MAX)}\r\n\r\n${OK}`,
};

describe('a reply head that is not HTTP', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let reply = '';
  let asked = 0;
  /** The connection of the last request. */
  let current: UpstreamConnection;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      if (!connection.received.endsWith('\r\n\r\n') && !connection.received.endsWith('0\r\n\r\n')) return;
      connection.received = '';
      asked++;
      current = connection;
      connection.socket.write(Buffer.from(reply, 'latin1'));
    });
    gateway = await startGateway({
      upstreams: {
        raw: {
          targets: [{ url: upstream.url }],
          responseHeadBytesMax: HEAD_BYTES_MAX,
          timeouts: { headersMs: 5_000 },
        },
      },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterEach(async () => {
    await untilIdle(gateway);
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const options = {
    usual: { method: 'POST' },
    'with trailers': {
      method: 'POST',
      headers: { trailer: 'x-sum', 'transfer-encoding': 'chunked' },
      body: '',
    },
  } as const;
  const ways = Object.keys(options) as (keyof typeof options)[];
  const cases = (table: Readonly<Record<string, string>>): (readonly [string, keyof typeof options])[] =>
    Object.keys(table).flatMap((name) => ways.map((way) => [name, way] as const));

  it.each(cases(malformed))('gives 502, and its connection is not used again: %s (%s)', async (name, way) => {
    reply = malformed[name];
    asked = 0;
    expectProblem(await call(gateway.url, options[way]), 502, 'upstream-malformed');
    expect(asked).toBe(1);
    const bad = current;
    await eventually('the connection is closed', () => bad.closed);
    reply = OK;
    const next = await call(gateway.url, options[way]);
    expect(next.status).toBe(200);
    expect(next.text).toBe('ok');
    expect(current).not.toBe(bad);
  });

  it.each(cases(tooLarge))('gives 502 when it is too large: %s (%s)', async (name, way) => {
    reply = tooLarge[name];
    expectProblem(await call(gateway.url, options[way]), 502, 'upstream-head-too-large');
    const bad = current;
    await eventually('the connection is closed', () => bad.closed);
  });

  it('may be as large as the configuration says', async () => {
    reply = `HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(HEAD_BYTES_MAX - 100)}\r\n${TAIL}`;
    const answer = await call(gateway.url, options.usual);
    expect(answer.status).toBe(200);
    expect(answer.field('x-large')).toHaveLength(HEAD_BYTES_MAX - 100);
  });

  it.each(ways)('is not what looks odd but is HTTP (%s)', async (way) => {
    const odd: Readonly<Record<string, (answer: Awaited<ReturnType<typeof call>>) => void>> = {
      [`HTTP/1.1 200\r\n${TAIL}`]: ({ statusText }) => expect(['', 'OK']).toContain(statusText),
      [`HTTP/1.1 200 \r\n${TAIL}`]: ({ statusText }) => expect(['', 'OK']).toContain(statusText),
      [`HTTP/1.1 418 I'm a teapot\r\n${TAIL}`]: ({ status, statusText }) =>
        expect([status, statusText]).toEqual([418, "I'm a teapot"]),
      [`HTTP/1.1 299 Own Words\r\n${TAIL}`]: ({ status, statusText }) =>
        expect([status, statusText]).toEqual([299, 'Own Words']),
      [`HTTP/1.1 599 Highest\r\n${TAIL}`]: ({ status }) => expect(status).toBe(599),
      [`HTTP/1.1 200 Très bien \u00e9\r\n${TAIL}`]: ({ status, text }) => expect([status, text]).toEqual([200, 'ok']),
      [`HTTP/1.1 200 ${Buffer.from('好').toString('latin1')}\r\n${TAIL}`]: ({ status, text }) =>
        expect([status, text]).toEqual([200, 'ok']),
      [`HTTP/1.1 200 OK\r\nx-a:\r\n${TAIL}`]: (answer) => expect(answer.field('x-a')).toBe(''),
      [`HTTP/1.1 200 OK\r\nx-a: \t b \t \r\n${TAIL}`]: (answer) => expect(answer.field('x-a')).toBe('b'),
      [`HTTP/1.1 200 OK\r\nx-a: ${Buffer.from('é').toString('latin1')}\r\n${TAIL}`]: (answer) =>
        expect(Buffer.from(answer.field('x-a') ?? '', 'latin1').toString()).toBe('é'),
      [`HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n${TAIL}`]: (answer) =>
        expect(answer.all('set-cookie')).toEqual(['a=1', 'b=2']),
    };
    for (const [text, check] of Object.entries(odd)) {
      reply = text;
      check(await call(gateway.url, options[way]));
    }
  });
});
