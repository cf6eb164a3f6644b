import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';

/**
 * Says what arrived: request line, fields as they came, length and SHA-256 of the body, trailers.
 * A middleware, because those run before the body is parsed: any method, media type and length is welcome,
 * and the body passes through the hash without being held.
 */
@Injectable()
export class EchoMiddleware implements NestMiddleware<IncomingMessage, ServerResponse> {
  use(request: IncomingMessage, response: ServerResponse): void {
    const hash = createHash('sha256');
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bodyBytes += chunk.length;
    });
    // A client that leaves before the end gets no answer, and nothing is kept for it.
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const body = JSON.stringify({
        method: request.method,
        url: originalUrl(request),
        httpVersion: request.httpVersion,
        headers: pairs(request.rawHeaders),
        bodyBytes,
        bodySha256: hash.digest('hex'),
        trailers: pairs(request.rawTrailers),
      });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  }
}

/** The middleware engine cuts the path it matched off `url` and keeps the whole beside it. */
function originalUrl(request: IncomingMessage): string | undefined {
  return 'originalUrl' in request ? String(request.originalUrl) : request.url;
}

function pairs(raw: readonly string[]): [name: string, value: string][] {
  const result: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) result.push([raw[index], raw[index + 1]]);
  return result;
}
