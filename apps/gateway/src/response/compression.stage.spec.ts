import { constants, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../config/index.js';
import { compressionDefaults } from '../config/schema/route.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { RequestHead } from '../pipeline/contract/request-head.js';
import { fieldOf } from '../pipeline/contract/response-head.js';
import { CompressionStage } from './compression.stage.js';

const stage = new CompressionStage(compressionDefaults);

type Compression = boolean | { bytesMin?: number; types?: string[]; encodings?: ['br'] };

function compile(compression: Compression) {
  const route = { id: 'r', match: { path: '/' }, compression, respond: {} };
  return stage.compile(parseConfigObject({ routes: [route] }).config.routes[0]);
}

/** Lets the stage see a response head; gives the head and the stream that it wants the body to pass. */
function see(
  fields: string[],
  given: { status?: number; accept?: string; method?: string; compression?: Compression } = {},
) {
  const { status = 200, accept = 'gzip', method = 'GET', compression = true } = given;
  const head = { status, statusText: '', headers: [...fields] };
  const request = new RequestHead(['Accept-Encoding', accept]);
  request.method = method;
  const stream = compile(compression)?.body?.({ head: request } as RequestContext, head) ?? null;
  return { head, stream, encoding: fieldOf(head.headers, 'content-encoding') };
}

const json = ['content-type', 'application/json'];

describe('compression', () => {
  it('is not there when the route does not ask for it', () => {
    expect(compile(false)).toBeNull();
  });

  it.each([
    ['application/json', true],
    ['Application/JSON; charset=utf-8', true],
    ['text/html', true],
    ['application/problem+json', true],
    ['image/svg+xml', true],
    ['image/png', false],
    ['application/octet-stream', false],
    ['application/jsonx', false],
    ['text/event-stream', false],
    ['text/event-stream; charset=utf-8', false],
    ['', false],
  ])('of the type %j happens: %s', (type, happens) => {
    const { stream, encoding } = see(['content-type', type]);
    expect(stream !== null).toBe(happens);
    expect(encoding).toBe(happens ? 'gzip' : undefined);
  });

  it.each([
    ['it is coded already', [...json, 'Content-Encoding', 'br']],
    ['it is a part', [...json, 'Content-Range', 'bytes 0-9/100']],
    ['nobody may transform it', [...json, 'Cache-Control', 'public, No-Transform']],
    ['it is declared small', [...json, 'Content-Length', '1023']],
    ['it is empty', [...json, 'content-length', '0']],
  ])('leaves a body alone when %s', (_, fields) => {
    const { stream, head } = see(fields);
    expect(stream).toBeNull();
    expect(head.headers).toEqual(fields);
  });

  it.each([204, 206])('leaves %i alone', (status) => {
    const { stream, head } = see(json, { status });
    expect(stream).toBeNull();
    expect(head.headers).toEqual(json);
  });

  it('tells 304 what a 200 would have told, without coding anything (RFC 9110 section 15.4.5)', () => {
    const { stream, head } = see([...json, 'etag', '"a"'], { status: 304 });
    expect(stream).toBeNull();
    expect(head.headers).toEqual([...json, 'vary', 'Accept-Encoding', 'etag', 'W/"a"']);
  });

  it('says that the reply depends on what the client accepts, also when it accepts nothing', () => {
    expect(fieldOf(see(json).head.headers, 'vary')).toBe('Accept-Encoding');
    const { stream, head } = see(json, { accept: 'identity' });
    expect(stream).toBeNull();
    expect(head.headers).toEqual([...json, 'vary', 'Accept-Encoding']);
  });

  it('weakens a strong entity tag, since the bytes are others (RFC 9110 section 8.8.3.3)', () => {
    expect(fieldOf(see([...json, 'ETag', '"a"']).head.headers, 'etag')).toBe('W/"a"');
    expect(fieldOf(see([...json, 'ETag', 'W/"a"']).head.headers, 'etag')).toBe('W/"a"');
  });

  it('tells HEAD what GET would tell, without a length that it does not know', () => {
    const { stream, head, encoding } = see([...json, 'content-length', '5000'], { method: 'HEAD' });
    expect(stream).toBeNull();
    expect(encoding).toBe('gzip');
    expect(fieldOf(head.headers, 'content-length')).toBeUndefined();
  });

  it('goes by the settings of the route', () => {
    const compression: Compression = { bytesMin: 0, types: ['image/*'], encodings: ['br'] };
    expect(
      see(['content-type', 'image/bmp', 'content-length', '1'], { compression, accept: 'gzip, br' }).encoding,
    ).toBe('br');
    expect(see(json, { compression, accept: 'br' }).encoding).toBeUndefined();
  });

  it('lets what has come leave at once when the length is unknown, since it may be a feed', async () => {
    const { stream } = see(json);
    const first = new Promise<Buffer>((resolve) => stream?.once('data', resolve));
    stream?.write('{"a":1}');
    // A gzip member without its end: enough to read what was flushed.
    expect(gunzipSync(await first, { finishFlush: constants.Z_SYNC_FLUSH }).toString()).toBe('{"a":1}');
    stream?.destroy();
  });
});
