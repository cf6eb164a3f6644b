import { describe, expect, it } from '@jest/globals';
import { readResponse, type ReadOptions } from '../../../../../test/helpers/upstream-client/read-response.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const end = (text: string, options: ReadOptions = {}): string => readResponse([text], { closes: true, ...options }).end;

/** Well-formed responses, with the body that they carry. */
const wellFormed = (
  [
    [`${OK}content-length: 5\r\n\r\nhello`, 'hello'],
    [`${OK}Content-Length:5\r\nX-A: \t b c \t\r\n\r\nhello`, 'hello'],
    [`${OK}content-length: 0\r\n\r\n`, ''],
    [`${OK}content-length: 0005\r\n\r\nhello`, 'hello'],
    [`${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n06\r\n world\r\n0\r\n\r\n`, 'hello world'],
    [
      `${OK}Transfer-Encoding: ChunkeD\r\n\r\nB;a;b=c;d="e\\"f; g"\r\nhello world\r\n000\r\nX-Sum: 1\r\n\r\n`,
      'hello world',
    ],
    [`${OK}transfer-encoding: chunked\r\n\r\n0;last\r\na: 1\r\nb:\r\n\r\n`, ''],
    [`${OK}\r\nuntil the end`, 'until the end', { closes: true }],
    ['HTTP/1.0 200 OK\r\n\r\nold', 'old', { closes: true }],
    ['HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 3\r\n\r\nold', 'old'],
    [`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: <a>\r\n\r\n${OK}content-length: 2\r\n\r\nok`, 'ok'],
    ['HTTP/1.1 204 No Content\r\n\r\n', ''],
    ['HTTP/1.1 204 No Content\r\ncontent-length: 7\r\n\r\n', ''],
    ['HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n', ''],
    ['HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n', ''],
    [`${OK}content-length: 7\r\n\r\n`, '', { method: 'HEAD' }],
    [`${OK}transfer-encoding: chunked\r\n\r\n`, '', { method: 'HEAD' }],
    ['HTTP/1.1 599 \xe9t\xe9 \t!\r\ncontent-length: 1\r\n\r\n\0', '\0'],
    ['HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', 'ok'],
    ['HTTP/1.1 200 \r\ncontent-length: 2\r\nx-\xff: y\r\n\r\nok'.replace('\xff', 'z'), 'ok'],
  ] as const satisfies readonly (readonly [string, string, ReadOptions?])[]
).map(([text, body, options]) => [text, body, options ?? {}] as [string, string, ReadOptions]);

describe('ResponseReader', () => {
  it.each(wellFormed)('reads %j', (text, body, options) => {
    const seen = readResponse([text], options);
    expect(seen).toMatchObject({ end: 'complete', body, excess: 0 });
  });

  it.each(wellFormed)('reads the same wherever the bytes are cut: %j', (text, _body, options) => {
    const whole = readResponse([text], options);
    for (let first = 1; first < text.length; first++) {
      expect(readResponse([text.slice(0, first), text.slice(first)], options)).toEqual(whole);
      const second = first + 1 + ((first * 7) % 5);
      const three = [text.slice(0, first), text.slice(first, second), text.slice(second)];
      expect(readResponse(three, options)).toEqual(whole);
    }
    expect(readResponse(text.split(''), options)).toEqual(whole);
  });

  it.each(wellFormed)('never takes a part for the whole: %j', (text, _body, options) => {
    if (options.closes === true) return;
    for (let bytes = 1; bytes < text.length; bytes++) {
      const seen = readResponse([text.slice(0, bytes)], { ...options, closes: true });
      expect([bytes, seen.end]).toEqual([bytes, 'cut']);
    }
  });

  it('gives names in lower case and values without the blanks around them, in their order', () => {
    const fields =
      'Content-Length: 0\r\nX-Odd_Name!: \t a  b\t \r\nSET-COOKIE: a=1\r\nset-cookie: b=2\r\nx-empty: \t\r\n';
    expect(readResponse([`${OK}${fields}\r\n`]).headers).toEqual(
      ['content-length', '0', 'x-odd_name!', 'a  b', 'set-cookie', 'a=1', 'set-cookie', 'b=2'].concat('x-empty', ''),
    );
  });

  it('gives the reason phrase as it came', () => {
    const phrase = (line: string): string => readResponse([`${line}\r\ncontent-length: 0\r\n\r\n`]).statusText;
    expect(phrase("HTTP/1.1 418 I'm a  teapot ")).toBe("I'm a  teapot ");
    expect(phrase('HTTP/1.1 200 ')).toBe('');
    expect(phrase('HTTP/1.1 200')).toBe('');
  });

  it('gives interim responses and trailers', () => {
    const seen = readResponse([
      `HTTP/1.1 103 Hints\r\nLink: <a>\r\n\r\n${OK}transfer-encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n`,
    ]);
    expect(seen.interim).toEqual([{ status: 103, headers: ['link', '<a>'] }]);
    expect(seen.trailers).toEqual(['x-sum', '1']);
  });

  it.each([
    [`${OK}content-length: 2\r\n\r\nok`, 3],
    [`${OK}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`, 17],
    ['HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n', 2],
    [`HTTP/1.1 304 Not Modified\r\n\r\n`, 1],
  ])('counts what comes behind the end: %j', (text, excess) => {
    expect(readResponse([text + 'x'.repeat(excess)])).toMatchObject({ end: 'complete', excess });
  });

  it.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nConnection: x, Close\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nconnection: close\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nconnection: closed\r\ncontent-length: 0\r\n\r\n', true],
    [`HTTP/1.1 103 Hints\r\nconnection: close\r\n\r\n${OK}content-length: 0\r\n\r\n`, false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n', true],
    ['HTTP/1.0 200 OK\r\nconnection: close, keep-alive\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nconnection: close\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n', false],
  ])('knows whether the connection may go on: %j', (text, persistent) => {
    expect(readResponse([text]).persistent).toBe(persistent);
  });

  it('hands over what follows a switch of protocols that was asked for', () => {
    const text = 'HTTP/1.1 101 Switching\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\nhello';
    expect(readResponse([text], { mayUpgrade: true })).toMatchObject({ end: 'switched', status: 101, excess: 5 });
    expect(end(text)).toBe('malformed: upgrade');
    expect(end('HTTP/1.1 101 Switching\r\n\r\n', { mayUpgrade: true })).toBe('malformed: upgrade');
  });

  describe('refuses', () => {
    const tail = 'content-length: 2\r\n\r\nok';
    it.each([
      ['version', 'garbage'],
      ['version', '\r\nHTTP/1.1 200 OK\r\n'],
      ['version', ' HTTP/1.1 200 OK\r\n'],
      ['version', 'http/1.1 200 OK\r\n'],
      ['version', 'HTTP/1.2 200 OK\r\n'],
      ['version', 'HTTP/2 200\r\n'],
      ['version', 'HTTP/1.1.1 200 OK\r\n'],
      ['version', 'HTTP/1.1\t200 OK\r\n'],
      ['version', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
      ['version', 'ICY 200 OK\r\n'],
      ['version', `HTTP/1.0 103 Hints\r\n\r\n${OK}`],
      ['version', '\x16\x03\x01'],
      ['status', 'HTTP/1.1  200 OK\r\n'],
      ['status', 'HTTP/1.1 20 OK\r\n'],
      ['status', 'HTTP/1.1 2000 OK\r\n'],
      ['status', 'HTTP/1.1 2OO OK\r\n'],
      ['status', 'HTTP/1.1 099 Low\r\n'],
      ['status', 'HTTP/1.1 600 High\r\n'],
      ['status', 'HTTP/1.1 -20 OK\r\n'],
      ['status', 'HTTP/1.1 200\tOK\r\n'],
      ['status', 'HTTP/1.1 200\n'],
      ['line-end', 'HTTP/1.1 200 OK\n'],
      ['line-end', 'HTTP/1.1 200 OK\rX'],
      ['reason-phrase', 'HTTP/1.1 200 O\0K\r\n'],
      ['reason-phrase', 'HTTP/1.1 200 O\x7fK\r\n'],
      ['field-name', `${OK}no colon here\r\n`],
      ['field-name', `${OK}: value\r\n`],
      ['field-name', `${OK}x y: 1\r\n`],
      ['field-name', `${OK}content-length : 2\r\n`],
      ['field-name', `${OK}x\0a: b\r\n`],
      ['field-name', `${OK}x\xe9: b\r\n`],
      ['field-name', `${OK}x\r\n`],
      ['folded-line', `${OK}x-a: b\r\n c\r\n`],
      ['folded-line', `${OK}\tx-a: b\r\n`],
      ['field-value', `${OK}x-a: b\0c\r\n`],
      ['field-value', `${OK}x-a: b\x07c\r\n`],
      ['field-value', `${OK}x-a: b\x7fc\r\n`],
      ['line-end', `${OK}x-a: b\nx-b: c\r\n`],
      ['line-end', `${OK}x-a: b\rc\r\n`],
      ['line-end', `${OK}x-a: b\r\r\n`],
      ['line-end', `${OK}\n`],
      ['line-end', `${OK}\rX`],
      ['content-length', `${OK}content-length: 2\r\ncontent-length: 2\r\n\r\nok`],
      ['content-length', `${OK}content-length: 2\r\ncontent-length: 3\r\n\r\nok`],
      ['content-length', `${OK}content-length: 2, 2\r\n\r\nok`],
      ['content-length', `${OK}content-length:\r\n\r\nok`],
      ['content-length', `${OK}content-length: -2\r\n\r\nok`],
      ['content-length', `${OK}content-length: +2\r\n\r\nok`],
      ['content-length', `${OK}content-length: 0x2\r\n\r\nok`],
      ['content-length', `${OK}content-length: 2 2\r\n\r\nok`],
      ['content-length', `${OK}content-length: 2.0\r\n\r\nok`],
      ['content-length', `${OK}content-length: 1e1\r\n\r\nok`],
      ['content-length', `${OK}content-length: ${2n ** 64n}\r\n\r\nok`],
      ['content-length', 'HTTP/1.1 204 No Content\r\ncontent-length: x\r\n\r\n'],
      ['transfer-encoding', `${OK}transfer-encoding: identity\r\n\r\nok`],
      ['transfer-encoding', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
      ['transfer-encoding', `${OK}transfer-encoding: chunked, gzip\r\n\r\nok`],
      ['transfer-encoding', `${OK}transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
      ['transfer-encoding', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
      ['transfer-encoding', `${OK}transfer-encoding: chunked;q=1\r\n\r\n0\r\n\r\n`],
      ['transfer-encoding', `${OK}transfer-encoding: "chunked"\r\n\r\n0\r\n\r\n`],
      ['transfer-encoding', `${OK}transfer-encoding: chunked\x0b\r\n`.replace('\x0b', ',')],
      ['transfer-encoding', `${OK}transfer-encoding: chunked\t\r\n\r\n0\r\n\r\n`],
      ['transfer-encoding', `${OK}transfer-encoding:\r\n\r\nok`],
      ['transfer-encoding', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
      ['framing', `${OK}transfer-encoding: chunked\r\n${tail}`],
      ['framing', `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`],
      ['framing', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
      ['framing', `HTTP/1.1 103 Hints\r\ntransfer-encoding: chunked\r\n\r\n${OK}${tail}`],
    ])('%s: %j', (reason, text) => {
      const whole = text.includes('\r\n\r\n') ? text : text + tail;
      expect(end(whole)).toBe(`malformed: ${reason}`);
      expect(readResponse(whole.split('')).end).toBe(`malformed: ${reason}`);
    });

    it.each([
      ['chunk-size', '\r\n'],
      ['chunk-size', 'x\r\n'],
      ['chunk-size', '-1\r\n'],
      ['chunk-size', '+1\r\n'],
      ['chunk-size', '0x1\r\na'],
      ['chunk-size', ' 1\r\na'],
      ['chunk-size', '1 \r\na'],
      ['chunk-size', '1\t;a\r\na'],
      ['chunk-size', `1${'0'.repeat(13)}\r\n`],
      ['chunk-size', `${'0'.repeat(14)}\r\n`],
      ['chunk-size', `${(2n ** 64n).toString(16)}\r\n`],
      ['chunk-size', 'fffffffffffffffff\r\n'],
      ['line-end', '1\na'],
      ['line-end', '1\ra'],
      ['line-end', '1;a=b\na'],
      ['chunk-extension', '1;\r\na'],
      ['chunk-extension', '1; a\r\na'],
      ['chunk-extension', '1;a =b\r\na'],
      ['chunk-extension', '1;a=\r\na'],
      ['chunk-extension', '1;a="b\r\na'],
      ['chunk-extension', '1;a="b\\\r\na'],
      ['chunk-extension', '1;a="b"c\r\na'],
      ['chunk-extension', '1;a=b\0\r\na'],
      ['chunk-end', '1\r\nab\r\n'],
      ['chunk-end', '1\r\na\n0\r\n\r\n'],
      ['chunk-end', '1\r\na\rb'],
      ['field-name', '0\r\nx\r\n\r\n'],
      ['field-value', '0\r\nx: \0\r\n\r\n'],
      ['folded-line', '0\r\nx: 1\r\n y\r\n\r\n'],
      ['framing', '0\r\nContent-Length: 1\r\n\r\n'],
      ['framing', '0\r\nx: y\r\ntransfer-encoding: chunked\r\n\r\n'],
      ['line-end', '0\r\n\n'],
      ['line-end', '0\r\n\rx'],
    ])('%s in a chunked body: %j', (reason, body) => {
      expect(end(`${OK}transfer-encoding: chunked\r\n\r\n${body}`)).toBe(`malformed: ${reason}`);
    });
  });

  describe('bounds', () => {
    const limits = { headBytesMax: 200, lineBytesMax: 100, fieldsMax: 3, chunkExtensionBytesMax: 20, interimMax: 2 };
    const seen = (text: string): object => {
      const whole = readResponse([text], { limits });
      // What comes of a body before it turns out to be wrong depends on how it was cut.
      const { body: _, ...rest } = whole;
      expect(readResponse(text.split(''), { limits })).toMatchObject(rest);
      return whole;
    };
    const chunked = `${OK}transfer-encoding: chunked\r\n\r\n`;

    it.each([
      [
        'head-bytes',
        `${OK}${'x: 1234567890123456789012345678901234567890123456789012345678901234567\r\n'.repeat(3)}\r\n`,
      ],
      ['line-bytes', `${OK}x: ${'y'.repeat(96)}\r\n\r\n`],
      ['line-bytes', `HTTP/1.1 200 ${'y'.repeat(96)}`],
      // Where the line was too long already, and then became wrong, or the head too long as well.
      ['line-bytes', `${OK}x: ${'y'.repeat(100)}\0`],
      ['line-bytes', `HTTP/1.1 200 ${'y'.repeat(100)}\0`],
      ['line-bytes', `${OK}x: ${'y'.repeat(300)}`],
      ['field-count', `${OK}${'x: 1\r\n'.repeat(4)}\r\n`],
    ])('a head: %s', (reason, text) => {
      expect(seen(text)).toMatchObject({ end: `malformed: ${reason}`, tooLarge: true });
    });

    it('a head at exactly its limit', () => {
      const text = `${OK}content-length: 0\r\nx: ${'y'.repeat(95)}\r\nz: `;
      const filled = `${text}${'z'.repeat(200 - text.length - 4)}\r\n\r\n`;
      expect(filled).toHaveLength(200);
      expect(seen(filled)).toMatchObject({ end: 'complete' });
      expect(seen(filled.replace('z: ', 'z:  '))).toMatchObject({ end: 'malformed: head-bytes' });
    });

    it.each([
      [
        'head-bytes',
        `${chunked}0\r\n${'x: 1234567890123456789012345678901234567890123456789012345678901234567\r\n'.repeat(3)}`,
      ],
      ['line-bytes', `${chunked}0\r\nx: ${'y'.repeat(200)}`.slice(0, chunked.length + 120)],
      ['field-count', `${chunked}0\r\n${'x: 1\r\n'.repeat(4)}`],
    ])('trailers, of a head that was sent on: %s', (reason, text) => {
      expect(seen(text)).toMatchObject({ end: `malformed: ${reason}`, tooLarge: false });
    });

    it('chunk extensions, over all chunks', () => {
      expect(seen(`${chunked}${'1;abcd\r\na\r\n'.repeat(4)}0\r\n\r\n`)).toMatchObject({
        end: 'complete',
        body: 'aaaa',
      });
      expect(seen(`${chunked}${'1;abcd\r\na\r\n'.repeat(5)}0\r\n\r\n`)).toMatchObject({
        end: 'malformed: chunk-extension',
      });
    });

    it('interim responses', () => {
      const interim = 'HTTP/1.1 102 Processing\r\n\r\n';
      const final = `${OK}content-length: 0\r\n\r\n`;
      expect(seen(interim.repeat(2) + final)).toMatchObject({ end: 'complete' });
      expect(seen(interim.repeat(3) + final)).toMatchObject({ end: 'malformed: interim-count' });
    });
  });
});
