import { describe, expect, it } from '@jest/globals';
import { takeResponseFields } from './response-fields.js';

function take(...headers: string[]): { length: number; headers: string[] } {
  return { length: takeResponseFields(headers), headers };
}

describe('the fields of a response', () => {
  it('go on in their order and spelling', () => {
    const fields = ['Content-Type', 'text/plain', 'x-B', '1', 'SET-cookie', 'a', 'set-cookie', 'b', 'ETag', '"x"'];
    expect(take(...fields).headers).toEqual(fields);
  });

  it.each(['Connection', 'Keep-Alive', 'Proxy-Connection', 'Proxy-Authenticate', 'TE', 'Transfer-Encoding', 'Upgrade'])(
    'go on without %s, which ends at this hop',
    (name) => {
      for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
        expect(take('a', '1', spelling, 'x', 'b', '2').headers).toEqual(['a', '1', 'b', '2']);
      }
    },
  );

  it('go on without the request id of the upstream, since ours is written', () => {
    expect(take('X-Request-Id', '7').headers).toEqual([]);
  });

  it('go on without what Connection nominates, wherever it stands and however it is spelled', () => {
    const fields = [
      'X-One',
      '1',
      'Connection',
      'x-one, X-Two',
      'x-two',
      '2',
      'x-three',
      '3',
      'connection',
      'X-THREE,close',
    ];
    expect(take(...fields).headers).toEqual([]);
  });

  it('keep what frames and describes the body although Connection nominates it', () => {
    const fields = ['Content-Length', '5', 'Content-Type', 'text/plain'];
    expect(take(...fields, 'connection', 'content-length, content-type')).toEqual({ length: 5, headers: fields });
  });

  it.each([
    ['is declared', ['Content-Length', '12'], 12],
    ['is declared in small letters', ['content-length', '0'], 0],
    ['is not declared', ['content-type', 'x'], -1],
    ['comes in chunks', ['transfer-encoding', 'chunked'], -1],
  ])('tell the length of the body when it %s', (_, fields, length) => {
    expect(take(...fields).length).toBe(length);
  });
});
