import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { valuesOf } from '../helpers/http-message.js';
import { startRecordingUpstream, type RecordingUpstream } from '../helpers/recording-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const NEW = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;

describe('what identifies a request', () => {
  let upstream: RecordingUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startRecordingUpstream();
    gateway = await startGateway({
      server: { trustProxy: ['127.0.0.2'] },
      upstreams: {
        raw: { targets: [{ url: upstream.url }] },
        none: { targets: [{ url: 'http://127.0.0.1:9' }] },
      },
      routes: [
        { id: 'raw', match: { path: '/*' }, upstream: 'raw' },
        { id: 'none', match: { path: '/none' }, upstream: 'none' },
        { id: 'here', match: { path: '/here' }, respond: { status: 200 } },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const send = (headers: Record<string, string | string[]> = {}, from = '127.0.0.1', path = '/'): Promise<Reply> =>
    call(gateway.url + path, { headers, from });

  describe('X-Request-ID', () => {
    it('is made for each request, and the same at the upstream and the client', async () => {
      const seen = new Set<string>();
      for (let i = 0; i < 20; i++) {
        const id = (await send()).field('x-request-id') ?? '';
        expect(valuesOf(upstream.last, 'x-request-id')).toEqual([id]);
        expect(id).toMatch(/^[\w.:-]{8,}$/);
        seen.add(id);
      }
      expect(seen.size).toBe(20);
    });

    it('of a client that is not trusted is replaced', async () => {
      const id = (await send({ 'x-request-id': 'mine' })).field('x-request-id');
      expect(id).not.toBe('mine');
      expect(valuesOf(upstream.last, 'x-request-id')).toEqual([id]);
    });

    it('of a trusted hop goes on', async () => {
      expect((await send({ 'x-request-id': 'from-hop:1' }, '127.0.0.2')).field('x-request-id')).toBe('from-hop:1');
      expect(valuesOf(upstream.last, 'x-request-id')).toEqual(['from-hop:1']);
    });

    it.each(['', 'two words', 'x'.repeat(129), 'a"b', '{}'])(
      'of a trusted hop is replaced when it is none: %s',
      async (bad) => {
        const id = (await send({ 'x-request-id': bad }, '127.0.0.2')).field('x-request-id') ?? '';
        expect(id).not.toBe(bad);
        expect(valuesOf(upstream.last, 'x-request-id')).toEqual([id]);
      },
    );

    it('is not the one that an upstream answers with', async () => {
      upstream.answer = 'HTTP/1.1 200 OK\r\nX-Request-ID: theirs\r\ncontent-length: 2\r\n\r\nok';
      const reply = await send();
      expect(reply.field('x-request-id')).toBe(valuesOf(upstream.last, 'x-request-id')[0]);
      upstream.answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
    });

    it.each(['/none', '/here', '/%ZZ'])('is on every reply, and in every problem: %s', async (path) => {
      const reply = await send({}, '127.0.0.1', path);
      const id = reply.field('x-request-id') ?? '';
      expect(id).not.toBe('');
      if (path !== '/here') expect(reply.json).toMatchObject({ requestId: id });
    });
  });

  describe('traceparent', () => {
    it('begins a trace where there is none, another for each request', async () => {
      await send();
      const [first] = valuesOf(upstream.last, 'traceparent');
      expect(first).toMatch(NEW);
      await send();
      const [second] = valuesOf(upstream.last, 'traceparent');
      expect(second).toMatch(NEW);
      expect(second.slice(3, 35)).not.toBe(first.slice(3, 35));
      expect(valuesOf(upstream.last, 'tracestate')).toEqual([]);
    });

    it('of the client goes on, with its state', async () => {
      await send({ traceparent: TRACE, tracestate: ['rojo=00f067aa0ba902b7', 'congo=t61rcWkgMzE'] });
      const [sent] = valuesOf(upstream.last, 'traceparent');
      expect(sent.slice(0, 36)).toBe(TRACE.slice(0, 36));
      expect(sent.slice(-2)).toBe('01');
      expect(valuesOf(upstream.last, 'tracestate').join(',')).toBe('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE');
    });

    it('goes on with the baggage of the client, which no trace needs', async () => {
      await send({ baggage: ['a=1;p, b=2', 'c=3'] });
      expect(valuesOf(upstream.last, 'baggage')).toEqual(['a=1;p, b=2', 'c=3']);
    });

    it('of a later version goes on', async () => {
      const later = 'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes';
      await send({ traceparent: later });
      expect(valuesOf(upstream.last, 'traceparent')[0]).toContain('0af7651916cd43dd8448eb211c80319c');
    });

    it.each([
      '',
      'nonsense',
      TRACE.toUpperCase(),
      `${TRACE}-more`,
      TRACE.replace('00-', 'ff-'),
      TRACE.replace(/-[0-9a-f]{32}-/, `-${'0'.repeat(32)}-`),
      TRACE.replace(/-[0-9a-f]{16}-/, `-${'0'.repeat(16)}-`),
    ])('of a client is replaced when it is none, and its state dropped: %s', async (bad) => {
      await send({ traceparent: bad, tracestate: 'rojo=1' });
      const [sent] = valuesOf(upstream.last, 'traceparent');
      expect(sent).toMatch(NEW);
      expect(sent).not.toBe(bad);
      expect(valuesOf(upstream.last, 'tracestate')).toEqual([]);
    });

    it('of a client is replaced when it sends two', async () => {
      await send({ traceparent: [TRACE, TRACE], tracestate: 'rojo=1' });
      expect(valuesOf(upstream.last, 'traceparent')).toHaveLength(1);
      expect(valuesOf(upstream.last, 'traceparent')[0]).not.toContain('0af7651916cd43dd8448eb211c80319c');
      expect(valuesOf(upstream.last, 'tracestate')).toEqual([]);
    });
  });
});
