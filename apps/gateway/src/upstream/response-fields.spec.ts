import { describe, expect, it } from '@jest/globals';
import { takeResponseFields } from './response-fields.js';

function take(...headers: string[]): { length: number; headers: string[] } {
  return { length: takeResponseFields(headers), headers };
}

describe('the fields of a response', () => {
  it('go on in their order', () => {
    const fields = ['content-type', 'text/plain', 'x-b', '1', 'set-cookie', 'a', 'set-cookie', 'b', 'etag', '"x"'];
    expect(take(...fields).headers).toEqual(fields);
  });

  it.each(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'te', 'transfer-encoding', 'upgrade'])(
    'go on without %s, which ends at this hop',
    (name) => {
      expect(take('a', '1', name, 'x', 'b', '2', name, 'y').headers).toEqual(['a', '1', 'b', '2']);
    },
  );

  it('go on without the request id of the upstream, since ours is written', () => {
    expect(take('x-request-id', '7').headers).toEqual([]);
  });

  it('go on without what Connection nominates, wherever it stands and however it is spelled there', () => {
    const fields = [
      'x-one',
      '1',
      'connection',
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

  it.each(['close', 'keep-alive', 'Close, keep-alive', ''])('go on whole when Connection says only %j', (value) => {
    expect(take('a', '1', 'connection', value, 'b', '2').headers).toEqual(['a', '1', 'b', '2']);
  });

  it('keep what frames and describes the body although Connection nominates it', () => {
    const fields = ['content-length', '5', 'content-type', 'text/plain'];
    expect(take(...fields, 'connection', 'content-length, content-type')).toEqual({ length: 5, headers: fields });
  });

  it.each([
    ['is declared', ['content-length', '12'], 12],
    ['is declared as nothing', ['content-length', '0'], 0],
    ['is not declared', ['content-type', 'x'], -1],
    ['comes in chunks', ['transfer-encoding', 'chunked'], -1],
  ])('tell the length of the body when it %s', (_, fields, length) => {
    expect(take(...fields).length).toBe(length);
  });
});
