import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { converse } from '../helpers/converse.js';
import { call } from '../helpers/call.js';
import { LogLines } from '../helpers/log-lines.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const SECRET = 'hunter2';

describe('what a client sends', () => {
  const lines = new LogLines();
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway(
      {
        server: { trustProxy: ['127.0.0.1'] },
        telemetry: { logs: { fields: ['user-agent', 'cookie', 'authorization', 'x-api-key'] } },
        routes: [{ id: 'all', match: { path: '/*' }, respond: { status: 200 } }],
      },
      { logTo: lines },
    );
  });

  afterEach(() => {
    lines.raw.length = 0;
  });

  afterAll(() => gateway.close());

  it.each([
    ['a quote in the path', 'GET /a"},{"level":"error HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an encoded line feed in the path', 'GET /a%0A{"level":"error"} HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a quote in the query', 'GET /a?b","status":500,"c":" HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an escape in a field', 'GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: \x9b31m"}\r\n\r\n'],
    ['bytes outside ASCII in a field', 'GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: \xff\x85\xa0\r\n\r\n'],
    ['a quote in the host', 'GET / HTTP/1.1\r\nHost: a"},{"\r\n\r\n'],
    ['a chain of addresses that are none', 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: "},{"x":"\x9b\r\n\r\n'],
    ['a request id that is none', 'GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: "},{"x":"\r\n\r\n'],
    ['a traceparent that is none', 'GET / HTTP/1.1\r\nHost: a\r\ntraceparent: "},{"x":"\r\n\r\n'],
    ['a path that leaves the root', 'GET /../"},{"x":" HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('writes no line of its own: %s', async (_, request) => {
    await converse(gateway.port, request);
    const written = [...lines.raw];
    // The parser may refuse it before there is a request.
    expect(written.length).toBeLessThanOrEqual(1);
    for (const line of written) {
      expect(line).toMatch(/^\{"level":"(?:info|warn)",[\x20-\x7e\u00a0-\u00ff]*\}\n$/);
      const keys = [...line.matchAll(/(?<!\\)"(\w+)":/g)].map(([, key]) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(JSON.parse(line)).toMatchObject({ kind: 'request', status: expect.any(Number) });
    }
  });

  it('is not kept when it is a credential, wherever it stands', async () => {
    await call(`${gateway.url}/a?access_token=${SECRET}&page=2&X-Amz-Signature=${SECRET}&to%6Ben=${SECRET}`, {
      headers: {
        authorization: `Bearer ${SECRET}`,
        cookie: `session=${SECRET}`,
        'x-api-key': SECRET,
        'user-agent': 'a test',
      },
    });
    expect(lines.raw.join('')).not.toContain(SECRET);
    expect(await lines.next()).toMatchObject({
      path: '/a?access_token=[redacted]&page=2&X-Amz-Signature=[redacted]&to%6Ben=[redacted]',
      fields: {
        'user-agent': 'a test',
        cookie: '[redacted]',
        authorization: '[redacted]',
        'x-api-key': '[redacted]',
      },
    });
  });

  it.each([
    `GET http://user:${SECRET}@a/../?token=${SECRET} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /%zz?password=${SECRET} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /a?code=${SECRET} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  ])('is not kept when its request is refused: %j', async (request) => {
    const { replies } = await converse(gateway.port, request);
    expect(replies[0].status).toBe(400);
    expect((await lines.next()).status).toBe(400);
    expect(lines.raw.join('')).not.toContain(SECRET);
  });
});
