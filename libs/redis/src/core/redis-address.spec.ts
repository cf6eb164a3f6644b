import { describe, expect, it } from '@jest/globals';
import { parseRedisAddress } from './redis-address.js';

const plain = { kind: 'single', tls: false, username: null, password: null, db: 0, master: null };

describe('parseRedisAddress', () => {
  it.each([
    ['redis://cache', { ...plain, nodes: [{ host: 'cache', port: 6379 }] }],
    ['redis://127.0.0.1:7000/3', { ...plain, nodes: [{ host: '127.0.0.1', port: 7000 }], db: 3 }],
    ['redis://[::1]:7000/', { ...plain, nodes: [{ host: '::1', port: 7000 }] }],
    [
      'rediss://me:p%40ss@cache',
      { ...plain, tls: true, username: 'me', password: 'p@ss', nodes: [{ host: 'cache', port: 6379 }] },
    ],
    ['redis://:secret@cache', { ...plain, password: 'secret', nodes: [{ host: 'cache', port: 6379 }] }],
    [
      'redis+sentinel://:s@a,b:5000/mymaster/2',
      {
        ...plain,
        kind: 'sentinel',
        password: 's',
        nodes: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 5000 },
        ],
        db: 2,
        master: 'mymaster',
      },
    ],
    ['rediss+cluster://a:7000', { ...plain, kind: 'cluster', tls: true, nodes: [{ host: 'a', port: 7000 }] }],
  ])('reads %s', (address, expected) => {
    expect(parseRedisAddress(address)).toEqual(expected);
  });

  it.each([
    ['http://cache', 'is not redis://'],
    ['redis://', 'is not redis://'],
    ['redis://a,b', 'names several servers'],
    ['redis://a:0', 'has a host or a port'],
    ['redis://a:99999', 'has a host or a port'],
    ['redis://a b', 'has a host or a port'],
    ['redis://a/x', 'number of a database'],
    ['redis://a/1/2', 'number of a database'],
    ['redis://u:%zz@a', 'percent-encoding'],
    ['redis+sentinel://a:1', 'name of the master'],
    ['redis+sentinel://a:1/', 'name of the master'],
    ['redis+cluster://a:1/4', 'a cluster has only 0'],
  ])('refuses %s', (address, why) => {
    expect(() => parseRedisAddress(address)).toThrow(why);
  });

  it('never repeats the address, which may hold a password', () => {
    expect(() => parseRedisAddress('redis://:hunter2@a b')).toThrow(expect.not.stringContaining('hunter2'));
  });
});
