import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { AddressSet } from '../pipeline/contract/address-set.js';
import { RequestHead } from '../pipeline/contract/request-head.js';
import { fieldOf } from '../pipeline/contract/response-head.js';
import { Connection } from './connection.js';
import { FieldActions } from './field-actions.js';
import { readHead, type EdgeSettings } from './read-head.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

interface Given {
  method?: string;
  url?: string;
  minor?: number;
  peer?: string;
  trust?: string[];
  host?: string[];
}

const actions = new FieldActions(['x-account', 'x_roles']);

function settingsOf(trust: AddressSet): EdgeSettings {
  return { viaName: 'gw', trust, actions, keepEncodedSlash: false, headBytesMax: 16_384 };
}

/** Reads a head as Node's parser would hand it over. */
function read(fields: string[] = [], given: Given = {}) {
  const {
    method = 'GET',
    url = '/a?b=1',
    minor = 1,
    peer = '192.0.2.1',
    trust = [],
    host = ['Host', 'h.example'],
  } = given;
  const trusted = new AddressSet(trust);
  const head = new RequestHead([...host, ...fields]);
  const connection = Connection.of({ remoteAddress: peer } as unknown as Socket, trusted);
  const request = { method, url, httpVersionMajor: 1, httpVersionMinor: minor } as IncomingMessage;
  const problem = readHead(request, connection, settingsOf(trusted), head);
  return { code: problem?.type.code, head, sent: head.fields };
}

const all = (fields: readonly string[], name: string): string[] =>
  fields.filter((_, i) => i % 2 === 1 && fields[i - 1].toLowerCase() === name);

describe('the head of a request', () => {
  it('is read into its parts', () => {
    const { code, head } = read(['Accept', '*/*'], { host: ['Host', 'H.Example:8080'] });
    expect(code).toBeUndefined();
    expect(head).toMatchObject({
      method: 'GET',
      path: '/a',
      query: '?b=1',
      host: 'h.example',
      authority: 'H.Example:8080',
      scheme: 'http',
      clientAddress: '192.0.2.1',
      contentLength: -1,
      chunked: false,
      hasBody: false,
    });
  });

  it('goes on with the fields of the client in their order and spelling, and with ours', () => {
    const { head, sent } = read(['X-B', '1', 'accept', '*/*', 'X-b', '2']);
    expect(sent.slice(0, 6)).toEqual(['X-B', '1', 'accept', '*/*', 'X-b', '2']);
    expect(sent.slice(6)).toEqual([
      'via',
      '1.1 gw',
      'x-forwarded-for',
      '192.0.2.1',
      'x-forwarded-proto',
      'http',
      'x-forwarded-host',
      'h.example',
      'forwarded',
      'for=192.0.2.1;host="h.example";proto=http',
      'x-request-id',
      head.id,
      'traceparent',
      head.traceparent,
    ]);
  });

  it.each([
    'Keep-Alive',
    'Proxy-Connection',
    'Proxy-Authorization',
    'HTTP2-Settings',
    'X-Forwarded-Port',
    'X-Forwarded-Server',
    'X-Forwarded-Prefix',
    'X-Real-IP',
    'X-User-ID',
    'X-Tenant-ID',
    'x-tenant-id',
    'X-TENANT-id',
  ])('goes on without %s, whatever its spelling', (name) => {
    expect(fieldOf(read([name, 'anything']).sent, name.toLowerCase())).toBeUndefined();
  });

  it.each([
    'X-Account',
    'x-ACCOUNT',
    'X_Account',
    'x.account',
    'X-Roles',
    'X_ROLES',
    'x_user_id',
    'X_User-Id',
    'X~Tenant!Id',
    'X_Forwarded_For',
    'X_Request_Id',
    'Content_Length',
    'Transfer_Encoding',
  ])('goes on without %s, which a service may read as a field that only the gateway writes', (name) => {
    expect(fieldOf(read([name, 'anything']).sent, name.toLowerCase())).toBeUndefined();
  });

  it.each(['X_Other', 'x-accounts', 'X-Accoun', 'XAccount', 'x-account-', 'constructor', '__proto__'])(
    'goes on with %s',
    (name) => {
      expect(fieldOf(read([name, 'anything']).sent, name.toLowerCase())).toBe('anything');
    },
  );

  it('goes on without the fields that Connection nominates, in whatever case', () => {
    const { sent } = read(['X-Secret', '1', 'Connection', 'close, x-SECRET', 'x-other', '2', 'connection', 'X-Other']);
    expect(sent).not.toEqual(expect.arrayContaining(['X-Secret']));
    expect(sent).not.toEqual(expect.arrayContaining(['x-other']));
    expect(fieldOf(sent, 'connection')).toBeUndefined();
  });

  it('keeps what the gateway itself says although Connection nominates it', () => {
    const { sent } = read(['Connection', 'via, x-forwarded-for, x-request-id, traceparent, forwarded']);
    for (const name of ['via', 'x-forwarded-for', 'x-request-id', 'traceparent', 'forwarded']) {
      expect(all(sent, name)).toHaveLength(1);
    }
  });
});

describe('the host of a request', () => {
  it.each([
    ['is missing', []],
    ['is given twice', ['Host', 'h.example', 'host', 'h.example']],
    ['is malformed', ['Host', 'user@h.example']],
    ['is empty', ['Host', '']],
  ])('that %s makes the request malformed', (_, host) => {
    expect(read([], { host }).code).toBe('malformed-host');
  });

  it('may be missing in HTTP/1.0', () => {
    const { code, head } = read([], { host: [], minor: 0 });
    expect(code).toBeUndefined();
    expect(head.host).toBe('');
  });

  it.each(['a b', '', 'a..b', 'user@h.example'])(
    'is refused when it is malformed, also beside a target in absolute-form: %j',
    (value) => {
      expect(read([], { url: 'http://other.example/x', host: ['Host', value] }).code).toBe('malformed-host');
    },
  );

  it('is that of the target in absolute-form (RFC 9112 section 3.2.2)', () => {
    const { head, sent } = read([], { url: 'http://other.example:81/x', host: ['Host', 'h.example'] });
    expect(head).toMatchObject({ host: 'other.example', authority: 'other.example:81', path: '/x' });
    expect(fieldOf(sent, 'x-forwarded-host')).toBe('other.example:81');
  });

  it('is read anew when it changes within a connection', () => {
    const connection = Connection.of({ remoteAddress: '::1' } as unknown as Socket, new AddressSet([]));
    const settings = settingsOf(new AddressSet([]));
    const hosts = ['a.example', 'b.example', 'b.example', 'bad host', 'b.example'].map((host) => {
      const head = new RequestHead(['Host', host]);
      readHead(
        { method: 'GET', url: '/', httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage,
        connection,
        settings,
        head,
      );
      return [head.host, fieldOf(head.fields, 'x-forwarded-host')];
    });
    expect(hosts).toEqual([
      ['a.example', 'a.example'],
      ['b.example', 'b.example'],
      ['b.example', 'b.example'],
      ['', undefined],
      ['b.example', 'b.example'],
    ]);
  });
});

describe('the body of a request', () => {
  it.each([
    ['a length', ['Content-Length', '5'], { contentLength: 5, chunked: false, hasBody: true }],
    ['a length of nothing', ['content-length', '0'], { contentLength: 0, chunked: false, hasBody: false }],
    ['chunks', ['Transfer-Encoding', 'Chunked'], { contentLength: -1, chunked: true, hasBody: true }],
  ])('is told by %s', (_, fields, expected) => {
    const { code, head, sent } = read(fields, { method: 'POST' });
    expect(code).toBeUndefined();
    expect(head).toMatchObject(expected);
    expect(fieldOf(sent, 'content-length')).toBeUndefined();
    expect(fieldOf(sent, 'transfer-encoding')).toBeUndefined();
  });

  it.each([
    ['both length and chunks', ['Content-Length', '5', 'Transfer-Encoding', 'chunked'], 'malformed-request'],
    ['two lengths', ['Content-Length', '5', 'Content-Length', '5'], 'malformed-request'],
    ['a list of lengths', ['Content-Length', '5, 5'], 'malformed-request'],
    ['a length beyond numbers', ['Content-Length', '99999999999999999999'], 'malformed-request'],
    ['another coding', ['Transfer-Encoding', 'gzip, chunked'], 'transfer-coding-not-implemented'],
    [
      'a coding twice',
      ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'],
      'transfer-coding-not-implemented',
    ],
  ])('is refused with %s', (_, fields, code) => {
    expect(read(fields, { method: 'POST' }).code).toBe(code);
  });

  it('cannot come in chunks from HTTP/1.0', () => {
    expect(read(['Transfer-Encoding', 'chunked'], { minor: 0 }).code).toBe('malformed-request');
  });

  it('is waited for with 100 Continue, but not by HTTP/1.0', () => {
    expect(read(['Expect', '100-continue']).head.expectsContinue).toBe(true);
    expect(read(['Expect', '100-continue'], { minor: 0 }).head.expectsContinue).toBe(false);
    expect(fieldOf(read(['Expect', '100-continue']).sent, 'expect')).toBeUndefined();
  });

  it('announces no trailers where none can follow', () => {
    const { head, sent } = read(['Content-Length', '5', 'Trailer', 'X-Sum']);
    expect(head.trailers).toBeNull();
    expect(all(sent, 'trailer')).toEqual([]);
  });

  it('has trailers when it declares them, and the upstream may send some when the client takes them', () => {
    const { head, sent } = read(['Transfer-Encoding', 'chunked', 'Trailer', 'X-Sum', 'TE', 'gzip, trailers;q=0.5']);
    expect(head.trailers?.(['X-Sum', '1', 'X-User-ID', 'root', 'x_account', 'root', 'Content-Length', '0'])).toEqual([
      'X-Sum',
      '1',
    ]);
    expect(all(sent, 'te')).toEqual(['trailers']);
    expect(fieldOf(read(['TE', 'gzip']).sent, 'te')).toBeUndefined();
  });
});

describe('an upgrade', () => {
  it.each([
    ['when Connection says so', ['Upgrade', 'WebSocket', 'Connection', 'keep-alive, Upgrade'], 'websocket'],
    ['never without Connection', ['Upgrade', 'websocket'], ''],
    ['never when Connection says something else', ['Upgrade', 'websocket', 'Connection', 'close'], ''],
  ])('is asked for %s', (_, fields, upgrade) => {
    const { head, sent } = read(fields);
    expect(head.upgrade).toBe(upgrade);
    expect(fieldOf(sent, 'upgrade')).toBeUndefined();
  });
});

describe('Via', () => {
  it('is continued, with the version that the client spoke', () => {
    expect(all(read(['Via', '1.0 a', 'via', '1.1 b (c)'], { minor: 0 }).sent, 'via')).toEqual([
      '1.0 a, 1.1 b (c), 1.0 gw',
    ]);
  });

  it.each(['1.1 gw', '1.0 a, 1.1 gw (x)', '1.1 gw, 1.1 b'])('that names us is a loop: %s', (via) => {
    expect(read(['Via', via]).code).toBe('loop-detected');
  });

  it.each(['1.1 gw2', 'gw', '1.1 x (1.1 gw)'])('that only resembles us is none: %s', (via) => {
    expect(read(['Via', via]).code).toBeUndefined();
  });
});

describe('what a hop says about the client', () => {
  const said = [
    'X-Forwarded-For',
    '198.51.100.7, 10.0.0.2',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'shop.example',
    'X-Request-ID',
    'from-the-hop',
  ];

  it('is replaced when the hop is not trusted', () => {
    const { head, sent } = read([...said, 'Forwarded', 'for=198.51.100.7']);
    expect(head).toMatchObject({ clientAddress: '192.0.2.1', scheme: 'http' });
    expect(head.id).not.toBe('from-the-hop');
    expect(all(sent, 'x-forwarded-for')).toEqual(['192.0.2.1']);
    expect(all(sent, 'x-forwarded-proto')).toEqual(['http']);
    expect(all(sent, 'x-forwarded-host')).toEqual(['h.example']);
    expect(all(sent, 'forwarded')).toEqual(['for=192.0.2.1;host="h.example";proto=http']);
    expect(all(sent, 'x-request-id')).toEqual([head.id]);
  });

  it('is believed and continued when it is', () => {
    const { head, sent } = read(said, { peer: '10.0.0.1', trust: ['10.0.0.0/8'] });
    expect(head).toMatchObject({ clientAddress: '198.51.100.7', scheme: 'https', id: 'from-the-hop' });
    expect(all(sent, 'x-forwarded-for')).toEqual(['198.51.100.7, 10.0.0.2, 10.0.0.1']);
    expect(all(sent, 'x-forwarded-proto')).toEqual(['https']);
    expect(all(sent, 'x-forwarded-host')).toEqual(['shop.example']);
    expect(all(sent, 'forwarded')).toEqual([
      'for=198.51.100.7, for=10.0.0.2, for=10.0.0.1;host="shop.example";proto=https',
    ]);
    expect(all(sent, 'x-request-id')).toEqual(['from-the-hop']);
  });

  it('is left aside where it is malformed', () => {
    const fields = [
      'X-Forwarded-For',
      'nobody',
      'X-Forwarded-Proto',
      'gopher',
      'X-Forwarded-Host',
      'a"b',
      'X-Request-ID',
      'a b',
    ];
    const { head, sent } = read(fields, { peer: '10.0.0.1', trust: ['10.0.0.1'] });
    expect(head).toMatchObject({ clientAddress: '10.0.0.1', scheme: 'http' });
    expect(head.id).not.toBe('a b');
    expect(all(sent, 'x-forwarded-for')).toEqual(['unknown, 10.0.0.1']);
    expect(all(sent, 'x-forwarded-host')).toEqual(['h.example']);
  });
});

describe('a trace', () => {
  it('goes on with its state', () => {
    const { head, sent } = read(['tracestate', 'a=1', 'Traceparent', TRACE, 'Tracestate', 'b=2']);
    expect(head.traceparent).toBe(TRACE);
    expect(all(sent, 'traceparent')).toEqual([TRACE]);
    expect(all(sent, 'tracestate').join(',')).toBe('a=1,b=2');
  });

  it.each([
    ['there is none', []],
    ['it is malformed', ['traceparent', '00-nonsense']],
    ['it is given twice', ['traceparent', TRACE, 'traceparent', TRACE]],
  ])('is begun, without the state of another one, when %s (W3C Trace Context, section 4.2)', (_, fields) => {
    const { head, sent } = read([...fields, 'tracestate', 'a=1']);
    expect(head.traceparent).not.toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(all(sent, 'traceparent')).toEqual([head.traceparent]);
    expect(all(sent, 'tracestate')).toEqual([]);
  });
});

describe('a target', () => {
  it.each([
    ['/a/../../b', 'malformed-path'],
    ['/a%2fb', 'malformed-path'],
    ['/a#b', 'malformed-path'],
    ['/a?b#c', 'malformed-request'],
    ['a', 'malformed-request'],
    ['*', 'malformed-request'],
  ])('is refused: %s', (url, code) => {
    expect(read([], { url }).code).toBe(code);
  });

  it('of the server as a whole is an asterisk', () => {
    expect(read([], { url: '*', method: 'OPTIONS' }).head.path).toBe('*');
  });
});
