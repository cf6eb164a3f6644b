import { describe, expect, it } from '@jest/globals';
import { parseConfigObject, type ConfigObject } from '../config/index.js';
import { Answer } from '../pipeline/contract/answer.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { fieldOf } from '../pipeline/contract/response-head.js';
import { CorsStage } from './cors.stage.js';

type RouteInput = NonNullable<ConfigObject['routes']>[number];

function compile(cors: RouteInput['cors'], methods: string[] = []) {
  const route = { id: 'r', match: { path: '/', methods }, respond: {}, ...(cors === undefined ? {} : { cors }) };
  return new CorsStage().compile(parseConfigObject({ routes: [route] }).config.routes[0]);
}

function contextOf(fields: Record<string, string>, method = 'GET'): RequestContext {
  return { head: { method, field: (name: string) => fields[name] } } as unknown as RequestContext;
}

/** The fields of a reply to a request from an origin. */
function repliedTo(origin: string | undefined, cors: RouteInput['cors'], upstream: string[] = []): string[] {
  const head = { status: 200, statusText: '', headers: [...upstream] };
  compile(cors)?.response?.(contextOf(origin === undefined ? {} : { origin }), head);
  return head.headers;
}

const allowed = (origin: string, origins: string[]) =>
  fieldOf(repliedTo(origin, { origins }), 'access-control-allow-origin');

describe('cross-origin rules', () => {
  it('are not there when a route has none', () => {
    expect(compile(undefined)).toBeNull();
  });

  it.each([
    ['https://a.example', ['https://a.example'], true],
    ['https://b.example', ['https://a.example', 'https://b.example'], true],
    ['http://a.example', ['https://a.example'], false],
    ['https://a.example:8443', ['https://a.example'], false],
    ['https://a.example.evil', ['https://a.example'], false],
    ['https://x.a.example', ['https://*.a.example'], true],
    ['https://x.y.a.example', ['https://*.a.example'], true],
    ['https://a.example', ['https://*.a.example'], false],
    ['https://.a.example', ['https://*.a.example'], false],
    ['https://evil.example/.a.example', ['https://*.a.example'], false],
    ['https://evil.example#.a.example', ['https://*.a.example'], false],
    ['https://x.a.example.evil', ['https://*.a.example'], false],
    ['http://x.a.example', ['https://*.a.example'], false],
    ['https://x.a.example:8443', ['https://*.a.example:8443'], true],
    ['null', ['https://a.example'], false],
  ])('of %s under %j: %s', (origin, origins, expected) => {
    expect(allowed(origin, origins)).toBe(expected ? origin : undefined);
  });

  it('allow everybody with a star, which is then what is said', () => {
    expect(allowed('https://a.example', ['*'])).toBe('*');
    expect(repliedTo('https://a.example', { origins: ['*'] })).not.toContain('Origin');
  });

  it('tell caches that the reply depends on the origin, also when there is none or another', () => {
    for (const origin of [undefined, 'https://a.example', 'https://b.example']) {
      expect(fieldOf(repliedTo(origin, { origins: ['https://a.example'] }), 'vary')).toBe('Origin');
    }
  });

  it('replace what the upstream says', () => {
    const upstream = ['access-control-allow-origin', '*', 'Access-Control-Allow-Credentials', 'true', 'x-a', '1'];
    expect(repliedTo('https://b.example', { origins: ['https://a.example'] }, upstream)).toEqual([
      'x-a',
      '1',
      'vary',
      'Origin',
    ]);
  });

  it('let scripts read fields and send credentials when the route says so', () => {
    const cors = { origins: ['https://a.example'], credentials: true, exposedHeaders: ['X-A', 'x-b'] };
    const fields = repliedTo('https://a.example', cors, ['access-control-expose-headers', 'x-c']);
    expect(fieldOf(fields, 'access-control-allow-credentials')).toBe('true');
    expect(fields.filter((_, i) => fields[i - 1] === 'access-control-expose-headers')).toEqual(['x-a, x-b']);
  });
});

describe('a preflight', () => {
  const asking = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };

  function answer(cors: Omit<NonNullable<RouteInput['cors']>, 'origins'>, methods: string[] = [], more = {}) {
    const hooks = compile({ origins: ['*'], ...cors }, methods);
    return hooks?.request?.(contextOf({ ...asking, ...more }, 'OPTIONS'));
  }

  it('is answered without a body, from the methods of the route', () => {
    expect(answer({}, ['GET', 'PUT'])).toMatchObject({
      status: 204,
      headers: expect.arrayContaining([
        'access-control-allow-methods',
        'GET, PUT, HEAD',
        'access-control-max-age',
        '600',
      ]),
    });
  });

  it.each([
    ['the method that it asks for, when the route takes all', {}, [], ['access-control-allow-methods', 'PUT']],
    ['the methods of the rules', { methods: ['DELETE'] }, ['GET'], ['access-control-allow-methods', 'DELETE']],
    ['the fields of the rules', { headers: ['X-A'] }, [], ['access-control-allow-headers', 'x-a']],
    ['the fields that it asks for', {}, [], ['access-control-allow-headers', 'x-b, x-c']],
    ['the age of the rules', { maxAgeS: 5 }, [], ['access-control-max-age', '5']],
  ])('is told %s', (_, cors, methods, [name, value]) => {
    const told = answer(cors, methods, { 'access-control-request-headers': 'x-b, x-c' });
    expect(told instanceof Answer && fieldOf(told.headers, name)).toBe(value);
  });

  it.each([
    ['another method', 'GET', asking],
    ['no origin', 'OPTIONS', { 'access-control-request-method': 'PUT' }],
    ['no method that is asked for', 'OPTIONS', { origin: 'https://a.example' }],
  ])('is none with %s: the request goes on', (_, method, fields) => {
    expect(compile({ origins: ['*'] })?.request?.(contextOf(fields, method))).toBeUndefined();
  });
});
