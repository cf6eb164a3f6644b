import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { RouteConfig } from '../config/schema/gateway.schema.js';
import { fieldOf, removeField, setField, type ResponseHead } from '../pipeline/contract/response-head.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import { chooseEncoding, type Encoding } from './accept-encoding.js';

interface Settings {
  readonly encodings: readonly Encoding[];
  readonly bytesMin: number;
  readonly types: readonly string[];
}

/**
 * Compresses response bodies when the client accepts it, the type is worth it and the upstream did not do it
 * (RFC 9110 section 8.4). Levels are those that servers use for content made on the fly.
 */
export class CompressionStage implements Stage {
  readonly name = 'compression';

  /** @param defaults what `compression: true` stands for */
  constructor(private readonly defaults: Settings) {}

  compile({ compression }: RouteConfig): StageHooks | null {
    if (compression === false) return null;
    const settings = compression === true ? this.defaults : compression;
    const worthIt = compileTypes(settings.types);
    return {
      explain: ({ head }) => ({
        ...settings,
        accepted: chooseEncoding(head.list('accept-encoding'), settings.encodings),
      }),
      body(context, head) {
        if (head.status !== 304 && !isCompressible(head, settings.bytesMin, worthIt)) return null;
        // The reply depends on the field whether or not this one is compressed.
        head.headers.push('vary', 'Accept-Encoding');
        const encoding = chooseEncoding(context.head.list('accept-encoding'), settings.encodings);
        if (encoding === null) return null;
        weakenEntityTag(head.headers);
        // It says of the stored reply what a 200 would have said (RFC 9110 section 15.4.5), its weak tag too.
        if (head.status === 304) return null;
        setField(head.headers, 'content-encoding', encoding);
        if (context.head.method !== 'HEAD') return encoder(encoding, head);
        removeField(head.headers, 'content-length');
        return null;
      },
    };
  }
}

function isCompressible(
  { status, headers }: ResponseHead,
  bytesMin: number,
  worthIt: (type: string) => boolean,
): boolean {
  if (status < 200 || status === 204 || status === 206 || status === 304) return false;
  if (fieldOf(headers, 'content-encoding') !== undefined || fieldOf(headers, 'content-range') !== undefined)
    return false;
  const length = fieldOf(headers, 'content-length');
  if (length !== undefined && Number(length) < Math.max(1, bytesMin)) return false;
  if (fieldOf(headers, 'cache-control')?.toLowerCase().includes('no-transform') === true) return false;
  const type = (fieldOf(headers, 'content-type') ?? '').split(';', 1)[0].trim().toLowerCase();
  return type !== 'text/event-stream' && worthIt(type);
}

function compileTypes(types: readonly string[]): (type: string) => boolean {
  const escaped = types.map((type) =>
    type
      .toLowerCase()
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*'),
  );
  const pattern = new RegExp(`^(?:${escaped.join('|')})$`);
  return (type) => pattern.test(type);
}

/** A coded body is another representation: its validator may only be weak (RFC 9110 section 8.8.3.3). */
function weakenEntityTag(headers: string[]): void {
  const tag = fieldOf(headers, 'etag');
  if (tag !== undefined && !tag.startsWith('W/')) setField(headers, 'etag', `W/${tag}`);
}

function encoder(encoding: Encoding, head: ResponseHead): Transform {
  // A body of unknown length may be a feed: what has come must not wait in the encoder.
  const prompt = fieldOf(head.headers, 'content-length') === undefined;
  switch (encoding) {
    case 'gzip':
      return createGzip({ level: 6, ...(prompt ? { flush: constants.Z_SYNC_FLUSH } : {}) });
    case 'br':
      return createBrotliCompress({
        params: { [constants.BROTLI_PARAM_QUALITY]: 4 },
        ...(prompt ? { flush: constants.BROTLI_OPERATION_FLUSH } : {}),
      });
    case 'zstd':
      return createZstdCompress({
        params: { [constants.ZSTD_c_compressionLevel]: 3 },
        ...(prompt ? { flush: constants.ZSTD_e_flush } : {}),
      });
  }
}
