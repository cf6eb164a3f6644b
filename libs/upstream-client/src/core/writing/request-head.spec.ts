import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { UpstreamRequest } from '../upstream-client.js';
import { lastChunk, requestHead } from './request-head.js';

const plain: UpstreamRequest = {
  method: 'GET',
  path: '/a?b=c',
  headers: ['host', 'a.example'],
  body: null,
  bodyBytes: 0,
  upgrade: '',
  expectsContinue: false,
  trailers: null,
};
const head = (request: Partial<UpstreamRequest>): string => requestHead({ ...plain, ...request }, 'target:80');
const refused = (request: Partial<UpstreamRequest>): unknown => {
  try {
    return head(request);
  } catch (error) {
    return (error as { reason?: unknown }).reason;
  }
};
const stream = Readable.from([]);

describe('requestHead', () => {
  it('writes method, target and fields as they are', () => {
    expect(head({ headers: ['host', 'a.example', 'X-A', '', 'x-b', 'caf\xe9\tb'] })).toBe(
      'GET /a?b=c HTTP/1.1\r\nhost: a.example\r\nX-A: \r\nx-b: caf\xe9\tb\r\n\r\n',
    );
    expect(head({ method: 'OPTIONS', path: '*' })).toBe('OPTIONS * HTTP/1.1\r\nhost: a.example\r\n\r\n');
  });

  it('names the target when the request names no host', () => {
    expect(head({ headers: [] })).toBe('GET /a?b=c HTTP/1.1\r\nhost: target:80\r\n\r\n');
  });

  it.each([
    ['a whole body', { body: Buffer.from('abc') }, 'content-length: 3\r\n\r\n'],
    ['an empty body', { body: Buffer.alloc(0) }, 'content-length: 0\r\n\r\n'],
    ['a counted stream', { body: stream, bodyBytes: 7 }, 'content-length: 7\r\n\r\n'],
    ['a stream of unknown length', { body: stream, bodyBytes: -1 }, 'transfer-encoding: chunked\r\n\r\n'],
    ['no body where one is usual', { method: 'POST' }, 'content-length: 0\r\n\r\n'],
    [
      'an expectation',
      { body: stream, bodyBytes: 7, expectsContinue: true },
      'expect: 100-continue\r\ncontent-length: 7\r\n\r\n',
    ],
    ['an upgrade', { upgrade: 'websocket' }, 'connection: upgrade\r\nupgrade: websocket\r\n\r\n'],
    ['trailers that may come', { headers: ['host', 'a', 'te', 'trailers'] }, 'te: trailers\r\nconnection: te\r\n\r\n'],
  ])('frames %s', (_what, request, framing) => {
    const text = head(request);
    expect(text.slice(-framing.length - 2)).toBe(`\r\n${framing}`);
  });

  it.each(['', 'G T', 'GET ', 'GET\r\n', 'G\0T', 'G:T', 'GÉT', 'CONNECT', 'GET /x HTTP/1.1\r\nhost: a\r\n\r\nGET'])(
    'refuses the method %j',
    (method) => {
      expect(refused({ method })).toBe('method');
    },
  );

  it.each([
    '',
    'a',
    '*',
    'http://a/',
    '/a b',
    '/a\tb',
    '/a\r\nx: y',
    '/a\0',
    '/a\x7f',
    '/\xe9',
    '/\u010d\u010a',
    '/a#b',
  ])('refuses the target %j', (path) => {
    expect(refused({ path })).toBe('target');
  });

  it.each(['', 'a b', 'a:', ':a', 'a\r\n', 'a\0', '\xe9', 'a\u0120', 'a\r\nb: c\r\nd'])(
    'refuses the name %j',
    (name) => {
      expect(refused({ headers: ['host', 'a', name, 'x'] })).toBe('field-name');
    },
  );

  it.each(['a\r\nb: c', 'a\rb', 'a\nb', 'a\0', 'a\x7f', 'a\u010d\u010a', '\u20ac'])('refuses the value %j', (value) => {
    expect(refused({ headers: ['host', 'a', 'x', value] })).toBe('field-value');
  });

  it.each([
    'connection',
    'Content-Length',
    'transfer-encoding',
    'TRANSFER-ENCODING',
    'upgrade',
    'expect',
    'keep-alive',
    'proxy-connection',
  ])('writes %s itself only', (name) => {
    expect(refused({ headers: ['host', 'a', name, '1'] })).toBe('own-field');
  });

  it('refuses what could be read in two ways', () => {
    expect(refused({ headers: ['host', 'a', 'Host', 'b'] })).toBe('host');
    expect(refused({ upgrade: 'a\r\nb: c' })).toBe('upgrade');
    expect(refused({ upgrade: 'a, b' })).toBe('upgrade');
    expect(refused({ body: stream, bodyBytes: -2 })).toBe('body');
    expect(refused({ body: stream, bodyBytes: 1.5 })).toBe('body');
    expect(refused({ body: stream, bodyBytes: NaN })).toBe('body');
    expect(refused({ body: stream, bodyBytes: 3, trailers: () => [] })).toBe('body');
  });
});

describe('lastChunk', () => {
  it('ends a body, with its trailers', () => {
    expect(lastChunk([])).toBe('0\r\n\r\n');
    expect(lastChunk(['x-sum', '1', 'x-b', ''])).toBe('0\r\nx-sum: 1\r\nx-b: \r\n\r\n');
  });

  it.each([
    ['x', 'a\r\n'],
    ['x y', 'a'],
    ['Content-Length', '1'],
    ['host', 'a'],
    ['transfer-encoding', 'chunked'],
    ['trailer', 'x'],
  ])('refuses %j: %j', (name, value) => {
    expect(() => lastChunk([name, value])).toThrow(expect.objectContaining({ name: 'UnwritableRequest' }));
  });
});
