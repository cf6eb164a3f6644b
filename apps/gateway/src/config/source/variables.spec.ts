import { describe, expect, it } from '@jest/globals';
import { expandVariables } from './variables.js';

const env = { HOST: 'example.com', PORT: '8080', EMPTY: '', TRICKY: '${HOST}$&' };

describe('variables in a text', () => {
  it.each([
    ['${HOST}', 'example.com'],
    ['http://${HOST}:${PORT}/', 'http://example.com:8080/'],
    ['${MISSING:-fallback}', 'fallback'],
    ['${MISSING:-}', ''],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${HOST:-fallback}', 'example.com'],
    ['${MISSING:-http://a:1/?b=c}', 'http://a:1/?b=c'],
    ['[${EMPTY}]', '[]'],
    ['$${HOST}', '${HOST}'],
    ['$${HOST} ${HOST}', '${HOST} example.com'],
    ['${TRICKY}', '${HOST}$&'],
  ])('%s becomes %s', (text, expected) => {
    expect(expandVariables(text, env)).toMatchObject({ text: expected, problems: [] });
  });

  it.each(['plain', '$HOST', '$', '{}', '$(HOST)'])('leaves %s alone', (text) => {
    expect(expandVariables(text, env)).toBeNull();
  });

  it.each(['${', '${}', '${1A}', '${A-b}', '${A:b}', '${A', '${A:-${B}}', '${ A }'])('refuses %s', (text) => {
    expect(expandVariables(text, { ...env, A: 'x' })?.problems[0].message).toBe('holds a malformed ${…}');
  });

  it('names every variable that is not set, and does not look for one among the properties of objects', () => {
    const { problems } = expandVariables('${ONE} ${HOST} ${toString}', env) ?? { problems: [] };
    expect(problems.map(({ message }) => message)).toEqual([
      'the environment variable ONE is not set',
      'the environment variable toString is not set',
    ]);
    expect(problems[0].hint).toBe('set it, or give a default: ${ONE:-…}');
  });

  it('expands a hundred thousand of them at once', () => {
    expect(expandVariables('${PORT}'.repeat(100_000), env)?.text).toHaveLength(400_000);
    expect(expandVariables('${'.repeat(100_000), env)?.problems).toHaveLength(100_000);
  });
});
