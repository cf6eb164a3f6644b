import { LineBytes } from '@app/observability';
import { describe, expect, it } from '@jest/globals';
import { RequestHead } from '../../pipeline/contract/request-head.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import { QueryRedactor } from '../query-redactor.js';
import { accessLine, lineField, type LineForm } from './access-line.js';
import { INFO } from './line-level.js';

/** One for all, as in the gateway: a line must not show what was in another one. */
const bytes = new LineBytes();

const form: LineForm = {
  route: Buffer.from(',"route":"users"'),
  cached: false,
  fields: [lineField('user-agent', false), lineField('authorization', true)],
  redactor: new QueryRedactor(['token']),
};

interface Line {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly ms: Readonly<Record<string, number>>;
}

interface Given {
  readonly head?: Partial<RequestHead>;
  readonly raw?: readonly string[];
  readonly context?: Partial<Record<keyof RequestContext, unknown>>;
  readonly url?: string;
  readonly cached?: boolean;
}

function text({ head = {}, raw = [], context = {}, url = '/', cached = false }: Given): string {
  const whole = {
    head: Object.assign(new RequestHead(raw), { id: 'id-1', method: 'GET', path: '/', host: 'a.example' }, head),
    request: { url },
    route: { id: 'users', index: 0 },
    identity: null,
    problem: null,
    status: 200,
    outcome: 'completed',
    upstream: '',
    target: '',
    tries: 0,
    responseBodyBytes: 0,
    startedAt: 1_000,
    endedAt: 1_010.25,
    admittedAt: 0,
    cachePassedAt: 0,
    upstreamAskedAt: 0,
    upstreamConnectedAt: 0,
    upstreamAnsweredAt: 0,
    ...context,
  };
  accessLine(whole as unknown as RequestContext, { ...form, cached }, INFO, bytes);
  return bytes.toString();
}

function line(given: Given): Line {
  return JSON.parse(text(given)) as Line;
}

describe('the line of a request', () => {
  it('is one line, whatever a client has sent', () => {
    for (let code = 0; code < 0x100; code++) {
      const evil = `a${String.fromCharCode(code)}"}\\u000a{"b":"`;
      const written = text({
        head: { path: `/${evil}`, query: `?q=${evil}`, host: evil, clientAddress: evil, id: evil },
        raw: ['User-Agent', evil],
      });
      expect(written).toMatch(/^[\x20-\x7e\u00a0-\u00ff]*\n$/);
      expect(JSON.parse(written)).toMatchObject({
        id: evil,
        host: evil,
        client: evil,
        path: `/${evil}?q=${evil}`,
        fields: { 'user-agent': evil },
        route: 'users',
      });
    }
  });

  it('has no key twice, so that no reader takes the one of a client', () => {
    const keys = [...text({ head: { path: '/","status":999,"a":"' } }).matchAll(/"(\w+)":/g)].map(([, key]) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has no secret: not of the query, and not of the fields', () => {
    const written = text({
      head: { query: '?token=hunter2&a=1' },
      raw: ['Authorization', 'Bearer hunter2', 'User-Agent', 'curl'],
    });
    expect(written).not.toContain('hunter2');
    expect(JSON.parse(written)).toMatchObject({
      path: '/?token=[redacted]&a=1',
      fields: { authorization: '[redacted]', 'user-agent': 'curl' },
    });
  });

  it.each([
    ['/a%zz?token=hunter2', '/a%zz?token=[redacted]'],
    ['http://user:hunter2@host/a?b', 'http://host/a?b'],
    ['//user:hunter2@host/', '//host/'],
    ['', ''],
  ])('of a head that was refused has the target as it came, without secrets: %s', (url, path) => {
    expect(line({ head: { path: '' }, url }).path).toBe(path);
  });

  it('is bounded, however long the path and the fields are', () => {
    const long = 'x'.repeat(20_000);
    const head = { path: `/${long}`, query: `?${long}` };
    expect(text({ head, raw: ['User-Agent', long] }).length).toBeLessThan(4_000);
    expect(text({ head: { path: '' }, url: `/${long}?${long}` }).length).toBeLessThan(3_000);
  });

  describe('tells times in milliseconds', () => {
    it('that begin with those of the whole', () => {
      expect(line({}).ms).toEqual({ total: 10.25 });
    });

    it('of admission, and of the last try of the upstream', () => {
      const context = {
        admittedAt: 1_001.5,
        tries: 2,
        upstreamAskedAt: 1_002,
        upstreamConnectedAt: 1_002.000_4,
        upstreamAnsweredAt: 1_009.999_9,
      };
      expect(line({ context }).ms).toEqual({ admission: 1.5, connect: 0, firstByte: 8, total: 10.25 });
    });

    it('not of the head that an earlier try has got', () => {
      const context = { tries: 2, upstreamAskedAt: 1_005, upstreamAnsweredAt: 1_004 };
      expect(line({ context }).ms).toEqual({ total: 10.25 });
    });

    it.each([
      ['a hit, which lasts to the end', {}, 9.25],
      ['a miss, until the request went on', { cachePassedAt: 1_003 }, 2],
      ['a miss that the cache asks for itself, until the upstream was asked', { tries: 1, upstreamAskedAt: 1_004 }, 3],
    ])('of the cache: %s', (_, context, cache) => {
      expect(line({ context: { admittedAt: 1_001, ...context }, cached: true }).ms).toMatchObject({
        admission: 1,
        cache,
      });
    });
  });
});
