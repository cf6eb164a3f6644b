import { channel } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { GatewayRequest } from './gateway-request.js';

const socket = new Socket();

function filled<T extends IncomingMessage>(request: T, raw: string[], minor = 1): T {
  // What Node's parser calls with the fields of a head.
  const { _addHeaderLines: add } = request as T & { _addHeaderLines(fields: string[], count: number): void };
  request.httpVersionMajor = 1;
  request.httpVersionMinor = minor;
  add.call(request, raw, raw.length);
  return request;
}

const usual = ['Host', 'a.example', 'Accept', '*/*', 'Cookie', 'a=b', 'X-A', '1', 'x-a', '2'];

describe('a request of the gateway', () => {
  afterAll(() => {
    socket.destroy();
  });

  it.each([
    ['nothing that it asks for', []],
    ['an expectation', ['Expect', '100-continue']],
    ['expectations, in any case', ['EXPECT', 'a', 'expect', 'b']],
    ['a length', ['content-length', '12']],
    ['chunks', ['Transfer-Encoding', 'chunked']],
    ['fields of the same lengths', ['Accept', 'a', 'x-requested-by', 'b', 'if-modified-since', 'c']],
  ])("tells Node's server what a plain one would tell it: %s", (_, more) => {
    const raw = [...usual, ...more];
    const { headers } = filled(new GatewayRequest(socket), raw);
    const { headers: whole } = filled(new IncomingMessage(socket), raw);
    expect(headers.expect).toBe(whole.expect);
    expect('content-length' in headers).toBe('content-length' in whole);
    expect('transfer-encoding' in headers).toBe('transfer-encoding' in whole);
  });

  it('has all of its fields for everybody else', () => {
    const request = filled(new GatewayRequest(socket), usual);
    expect(request.headers.host).toBeUndefined();
    request.served = true;
    expect(request.headers).toEqual(filled(new IncomingMessage(socket), usual).headers);
    request.headers.host = '';
    expect(request.headers.host).toBe('');
    request.headers = { host: 'b.example' };
    expect(request.headers).toEqual({ host: 'b.example' });
  });

  it('has them all where the server asks for more', () => {
    const { headers } = filled(new GatewayRequest(socket), [...usual, 'TE', 'chunked'], 0);
    expect(headers.te).toBe('chunked');
  });

  it('has them all while somebody listens to requests as they start', () => {
    const listener = (): void => undefined;
    const started = channel('http.server.request.start');
    started.subscribe(listener);
    try {
      expect(filled(new GatewayRequest(socket), usual).headers.host).toBe('a.example');
    } finally {
      started.unsubscribe(listener);
    }
  });
});
