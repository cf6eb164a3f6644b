import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { eventually } from '../helpers/eventually.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';

const POST = 'POST /a HTTP/1.1\r\nHost: gateway.example\r\n';
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
/** What a proxy that believes in the other framing would take for the next request. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: gateway.example\r\n\r\n';

describe('body framing', () => {
  let upstream: StrictUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startStrictUpstream();
    gateway = await startGateway({
      upstreams: { strict: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'strict' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  afterEach(async () => {
    const { replies } = await converse(gateway.port, `${POST}Content-Length: 5\r\n\r\nafter`);
    const requests = upstream.requests.splice(0);
    expect(upstream.broken.splice(0)).toEqual([]);
    expect(requests.filter(({ target }) => target.includes('smuggled'))).toEqual([]);
    expect(requests.pop()).toMatchObject({ body: 'after' });
    expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
  });

  describe('by two measures', () => {
    it.each([
      ['Content-Length before Transfer-Encoding', 'Content-Length: 6\r\nTransfer-Encoding: chunked'],
      ['Transfer-Encoding before Content-Length', 'Transfer-Encoding: chunked\r\nContent-Length: 6'],
      ['Content-Length 0 beside chunks', 'Content-Length: 0\r\nTransfer-Encoding: chunked'],
      ['a malformed length beside chunks', 'Content-Length: x\r\nTransfer-Encoding: chunked'],
      ['identity beside a length', 'Content-Length: 6\r\nTransfer-Encoding: identity'],
    ])('is refused with 400 and closed (RFC 9112 section 6.1): %s', async (_what, fields) => {
      const bytes = `${POST}${fields}\r\n\r\n0\r\n\r\n${SMUGGLED}`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toHaveLength(1);
      expectWireProblem(replies[0], 400, 'malformed-request');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it.each([
      ['different ones', 'Content-Length: 3\r\nContent-Length: 4'],
      ['the same twice', 'Content-Length: 3\r\nContent-Length: 3'],
      ['a list of different ones', 'Content-Length: 3, 4'],
      ['a list of the same', 'Content-Length: 3, 3'],
    ])('of two lengths is refused with 400 and closed (RFC 9112 section 6.3): %s', async (_what, fields) => {
      const bytes = `${POST}${fields}\r\n\r\nabc${SMUGGLED}`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toHaveLength(1);
      expectWireProblem(replies[0], 400, 'malformed-request');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });
  });

  describe('by length', () => {
    it.each(['+3', '-3', '0x3', '3.0', '3e0', '1 3', '', 'three', '3\x0b', '\u00b3', '99999999999999999999999999'])(
      'is refused with 400 and closed when the length is no number of bytes (RFC 9112 section 6.3): %j',
      async (length) => {
        const bytes = `${POST}Content-Length: ${length}\r\n\r\nabc${SMUGGLED}`;
        const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
        expect(replies).toHaveLength(1);
        expectWireProblem(replies[0], 400, 'malformed-request');
        expect(ended).toBe(true);
        expect(upstream.requests).toEqual([]);
      },
    );

    it.each(['18446744073709551619', '9223372036854775811', '9007199254740993', '4294967299'])(
      'is not taken modulo anything: %s',
      async (length) => {
        const bytes = `${POST}Content-Length: ${length}\r\n\r\nabc${SMUGGLED}`;
        const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
        expect(replies).toHaveLength(1);
        expect([400, 413]).toContain(replies[0].status);
        expect(ended).toBe(true);
        expect(upstream.requests).toEqual([]);
      },
    );

    it.each([
      ['leading zeros', 'Content-Length: 003'],
      ['whitespace around', 'Content-Length: \t3 \t'],
      ['another case', 'cONTENT-lENGTH: 3'],
    ])('is passed on in its plain form: %s', async (_what, field) => {
      await converse(gateway.port, `${POST}${field}\r\n\r\nabc`);
      expect(upstream.requests).toMatchObject([{ body: 'abc' }]);
      expect(upstream.requests[0].fields).toContain('content-length: 3');
    });

    it('is not ended early: what is missing never counts as the end', async () => {
      const { replies } = await converse(gateway.port, [`${POST}Content-Length: 10\r\n\r\n`, 'abc', 'defg', 'hij']);
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests).toMatchObject([{ body: 'abcdefghij' }]);
    });
  });

  describe('by an unknown transfer coding', () => {
    it.each([
      ['that is not chunked', 'xchunked'],
      ['alone', 'gzip'],
      ['before chunked', 'gzip, chunked'],
      ['in a field of its own', 'x\r\nTransfer-Encoding: chunked'],
      ['with a parameter', 'chunked;q=1'],
      ['in quotes', '"chunked"'],
      ['behind an empty element', ',chunked'],
      ['that is none at all', 'identity'],
    ])('is refused with 501 and closed (RFC 9112 sections 6.1 and 6.3): %s', async (_what, coding) => {
      const bytes = `${POST}Transfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n${SMUGGLED}`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toHaveLength(1);
      expectWireProblem(replies[0], 501, 'transfer-coding-not-implemented');
      expect(replies[0].fields).toContain('connection: close');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it.each([
      ['chunked twice', 'Transfer-Encoding: chunked, chunked'],
      ['chunked in two fields', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
      ['chunked before another', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x'],
      ['no value', 'Transfer-Encoding:'],
      ['a space before the colon', 'Transfer-Encoding : chunked'],
      ['a tab before the colon', 'Transfer-Encoding\t: chunked'],
      ['a vertical tab before the value', 'Transfer-Encoding:\x0bchunked'],
      ['a vertical tab behind the value', 'Transfer-Encoding: chunked\x0b'],
      ['a form feed', 'Transfer-Encoding: \x0cchunked'],
      ['a NUL behind the value', 'Transfer-Encoding: chunked\0'],
      ['obs-fold', 'Transfer-Encoding:\r\n chunked'],
      ['a bare CR in front', 'X: y\rTransfer-Encoding: chunked'],
      ['a bare LF in front', 'X: y\nTransfer-Encoding: chunked'],
      ['a space in front', ' Transfer-Encoding: chunked'],
    ])('or a hidden one is refused with 400 and closed (RFC 9112 section 6.3): %s', async (_what, field) => {
      const bytes = `${POST}${field}\r\n\r\n0\r\n\r\n${SMUGGLED}`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toHaveLength(1);
      expectWireProblem(replies[0], 400, 'malformed-request');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it.each([
      ['another case', 'TRANSFER-ENCODING: CHUNKED'],
      ['a tab before the value', 'Transfer-Encoding:\tchunked'],
      ['spaces behind the value', 'Transfer-Encoding: chunked  '],
    ])('is none when only the writing differs: %s', async (_what, field) => {
      const { replies } = await converse(gateway.port, `${POST}${field}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`);
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests).toMatchObject([{ body: 'abc' }]);
    });

    it('is a field like any other under a name that is only alike', async () => {
      const { replies } = await converse(
        gateway.port,
        `${POST}Transfer_Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc`,
      );
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests).toMatchObject([{ body: 'abc' }]);
    });

    it('is refused with 400 in HTTP/1.0, which has none (RFC 9112 section 6.1)', async () => {
      const bytes = `POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expect(replies).toHaveLength(1);
      expectWireProblem(replies[0], 400, 'malformed-request');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });
  });

  describe('by chunks', () => {
    const broken: readonly (readonly [string, string])[] = [
      ['a size beyond every limit', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
      ['a size that wraps around 64 bits', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
      ['a negative size', '-3\r\nabc\r\n0\r\n\r\n'],
      ['a size with a sign', '+3\r\nabc\r\n0\r\n\r\n'],
      ['a size with a prefix', '0x3\r\nabc\r\n0\r\n\r\n'],
      ['a size that is no number', 'g\r\nabc\r\n0\r\n\r\n'],
      ['no size', '\r\nabc\r\n0\r\n\r\n'],
      ['a space before the size', ' 3\r\nabc\r\n0\r\n\r\n'],
      ['a space behind the size', '3 \r\nabc\r\n0\r\n\r\n'],
      ['a bare LF behind the size', '3\nabc\r\n0\r\n\r\n'],
      ['a bare CR behind the size', '3\rabc\r\n0\r\n\r\n'],
      ['a bare LF behind the data', '3\r\nabc\n0\r\n\r\n'],
      ['more data than the size says', '3\r\nabcd\r\n0\r\n\r\n'],
      ['less data than the size says', '5\r\nabc\r\n0\r\n\r\n'],
      ['a NUL in the size', '3\0\r\nabc\r\n0\r\n\r\n'],
      ['a bare LF in an extension', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
      ['a bare CR in an extension', '3;a\rb\r\nabc\r\n0\r\n\r\n'],
      ['a huge extension', `3;${'a'.repeat(40_000)}\r\nabc\r\n0\r\n\r\n`],
      ['a malformed trailer', '3\r\nabc\r\n0\r\nX y\r\n\r\n'],
      ['a folded trailer', '3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n'],
      ['a control byte in a trailer', '3\r\nabc\r\n0\r\nX: y\x01\r\n\r\n'],
    ];

    it.each(broken)(
      'is refused with 400 and closed when it is broken (RFC 9112 section 7.1): %s',
      async (_what, body) => {
        const { replies, ended } = await converse(gateway.port, CHUNKED + body + SMUGGLED, { replies: Infinity });
        expect(replies).toHaveLength(1);
        expectWireProblem(replies[0], 400, 'malformed-request');
        expect(ended).toBe(true);
        expect(upstream.requests).toEqual([]);
      },
    );

    it.each(broken)(
      'breaks the connection to the upstream off when a later part is broken: %s',
      async (_what, body) => {
        const bytes = [`${CHUNKED}5\r\nfirst\r\n`, body + SMUGGLED];
        const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
        expect(replies).toHaveLength(1);
        expectWireProblem(replies[0], 400, 'malformed-request');
        expect(ended).toBe(true);
        // What it had begun to read is not a request: it never got an end.
        expect(upstream.requests).toEqual([]);
      },
    );

    it('goes on without extensions (RFC 9112 section 7.1.1)', async () => {
      const { replies } = await converse(gateway.port, `${CHUNKED}3;a=b;c="d"\r\nabc\r\n0;e\r\n\r\n`);
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests).toMatchObject([{ body: 'abc' }]);
    });

    it.each([
      ['leading zeros', '0000000000000003\r\nabc\r\n000\r\n\r\n'],
      ['upper case', 'A\r\n0123456789\r\n0\r\n\r\n'],
    ])('goes on whatever the writing of its sizes: %s', async (_what, body) => {
      const { replies } = await converse(gateway.port, CHUNKED + body);
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests).toHaveLength(1);
    });

    it.each(['Content-Length: 5', 'Transfer-Encoding: chunked', 'Host: other.example', 'Authorization: x'])(
      'never lets a trailer say what a head says (RFC 9110 section 6.5.1): %s',
      async (field) => {
        const bytes = `${POST}Transfer-Encoding: chunked\r\nTrailer: ${field.split(':')[0]}, x\r\n\r\n3\r\nabc\r\n0\r\n${field}\r\nX: 1\r\n\r\n`;
        const { replies } = await converse(gateway.port, bytes);
        expect([200, 400]).toContain(replies[0].status);
        expect(JSON.stringify(upstream.requests)).not.toContain('other.example');
        expect(upstream.requests.flatMap(({ fields }) => fields)).not.toContain('authorization: x');
      },
    );

    it('refuses trailers that are larger than a head may be with 431, and closes', async () => {
      const bytes = `${CHUNKED}3\r\nabc\r\n0\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`;
      const { replies, ended } = await converse(gateway.port, bytes, { replies: Infinity });
      expectWireProblem(replies[0], 431, 'head-too-large');
      expect(ended).toBe(true);
      expect(upstream.requests).toEqual([]);
    });

    it('arrives the same when every byte comes by itself', async () => {
      const { replies } = await converse(gateway.port, Array.from(`${CHUNKED}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`));
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests).toMatchObject([{ body: 'abcde' }]);
    });
  });

  it.each(['', 'Expect: 100-continue\r\n'])(
    'by length is followed by no trailers, whatever is announced: %j',
    async (expectation) => {
      const bytes = `${POST}${expectation}Trailer: X-Sum\r\nContent-Length: 5\r\n\r\nhello`;
      const { replies } = await converse(gateway.port, bytes);
      expect(replies).toMatchObject([{ status: 200 }]);
      expect(upstream.requests).toMatchObject([{ body: 'hello' }]);
      expect(upstream.requests[0].fields.join('\n')).not.toMatch(/^trailer:/m);
    },
  );

  it('without any measure is no body: what follows is the next request (RFC 9112 section 6.3)', async () => {
    const next = 'GET /next HTTP/1.1\r\nHost: gateway.example\r\n\r\n';
    const { replies } = await converse(gateway.port, `${POST}\r\n${next}`, { replies: 2 });
    expect(replies).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(upstream.requests.map(({ method, target }) => `${method} ${target}`)).toEqual(['POST /a', 'GET /next']);
  });

  it('of a GET is a body as well, and passed on', async () => {
    await converse(
      gateway.port,
      `GET /a HTTP/1.1\r\nHost: gateway.example\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    );
    expect(upstream.requests).toMatchObject([{ method: 'GET', target: '/a', body: SMUGGLED }]);
  });

  it('that the client leaves unfinished never completes a request upstream', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(`${CHUNKED}5\r\nfirst\r\n`);
    await eventually('the upstream has begun to read', () => upstream.unfinished === 1);
    client.destroy();
    await eventually('the upstream is let go', () => upstream.unfinished === 0);
    expect(upstream.requests).toEqual([]);
  });
});
