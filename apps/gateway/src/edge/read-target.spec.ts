import { describe, expect, it } from '@jest/globals';
import { readTarget } from './read-target.js';

describe('a request target', () => {
  it.each([
    ['in origin-form', '/a/b', 'GET', { authority: '', path: '/a/b', query: '' }],
    ['with a query', '/a?b=1', 'GET', { authority: '', path: '/a', query: '?b=1' }],
    ['with an empty query', '/a?', 'GET', { authority: '', path: '/a', query: '?' }],
    ['with a question mark in its query', '/a?b?c', 'GET', { authority: '', path: '/a', query: '?b?c' }],
    ['with slashes in its query', '/a?/../b', 'GET', { authority: '', path: '/a', query: '?/../b' }],
    ['with two slashes in front', '//evil.example/a', 'GET', { authority: '', path: '//evil.example/a', query: '' }],
    ['in absolute-form', 'http://h:1/a?b', 'GET', { authority: 'h:1', path: '/a', query: '?b' }],
    ['in absolute-form with TLS', 'HTTPS://h/a', 'GET', { authority: 'h', path: '/a', query: '' }],
    ['in absolute-form without a path', 'http://h', 'GET', { authority: 'h', path: '/', query: '' }],
    ['in absolute-form with a query alone', 'http://h?b', 'GET', { authority: 'h', path: '/', query: '?b' }],
    ['in asterisk-form', '*', 'OPTIONS', { authority: '', path: '*', query: '' }],
  ])('%s is taken apart', (_, url, method, parts) => {
    expect(readTarget(url, method)).toEqual(parts);
  });

  it.each([
    ['an asterisk of another method', '*', 'GET'],
    ['authority-form', 'h:443', 'GET'],
    ['a path without its slash', 'a/b', 'GET'],
    ['another scheme', 'ftp://h/a', 'GET'],
    ['a scheme without an authority', 'http:///a', 'GET'],
    ['nothing', '', 'GET'],
    ['a fragment behind its query', '/a?b=1#c', 'GET'],
    ['a fragment behind an absolute query', 'http://h/a?b#c', 'GET'],
  ])('that is %s is refused', (_, url, method) => {
    expect(readTarget(url, method)).toBeNull();
  });
});
