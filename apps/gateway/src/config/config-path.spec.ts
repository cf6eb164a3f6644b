import { describe, expect, it } from '@jest/globals';
import { formatPath, parentOf } from './config-path.js';

describe('a path in the configuration', () => {
  it.each([
    [[], ''],
    [['server'], 'server'],
    [['routes', 2, 'match', 'path'], 'routes[2].match.path'],
    [['headers', 'X-Request-Id'], 'headers.X-Request-Id'],
    [['upstreams', 'a b', 'targets'], 'upstreams["a b"].targets'],
    [['upstreams', 'a.b'], 'upstreams["a.b"]'],
    [['200'], '["200"]'],
    [['a"]['], '["a\\"]["]'],
    [['\u001b[31m'], '["\\u001b[31m"]'],
  ])('of %j is written as %s, and leads back to its parents', (path, text) => {
    expect(formatPath(path)).toBe(text);
    const parents: string[] = [];
    for (let at = parentOf(text); at !== null; at = parentOf(at)) parents.push(at);
    expect(parents).toEqual(path.map((_, index) => formatPath(path.slice(0, index))).reverse());
  });
});
