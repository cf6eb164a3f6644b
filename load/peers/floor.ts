/**
 * The floor that the gateway is measured against: the least that a correct HTTP/1.1 proxy on `node:http` and undici
 * does. It removes hop-by-hop fields (RFC 9110 section 7.6.1), streams both ways with backpressure, and cuts what was
 * cut. It has no routes, no timeouts of its own, no forwarding fields: whatever a gateway adds shows as the difference.
 *
 * Usage: node floor.ts PORT UPSTREAM_ORIGIN
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const [port, upstreamOrigin] = process.argv.slice(2);
const pool = new Pool(upstreamOrigin, { pipelining: 1, bodyTimeout: 0, headersTimeout: 0 });
const upstreamHost = new URL(upstreamOrigin).host;

class Forwarding implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  #controller: Dispatcher.DispatchController | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('close', () => {
      if (!response.writableFinished) this.#controller?.abort(new Error('the client left'));
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#response.destroyed) controller.abort(new Error('the client left'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    const raw = (controller.rawHeaders ?? []) as Buffer[];
    const fields: string[] = [];
    for (let i = 0; i < raw.length; i += 2) fields.push(raw[i].toString('latin1'), raw[i + 1].toString('latin1'));
    this.#response.writeHead(status, endToEnd(fields, null));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    if (this.#response.headersSent) this.#response.destroy();
    else this.#response.writeHead(502, { 'content-length': 0 }).end();
  }
}

/** The fields that may be passed on, as a flat list of names and values. `host` replaces the one that came. */
function endToEnd(fields: string[], host: string | null): string[] {
  const kept: string[] = [];
  let nominated: Set<string> | null = null;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i].toLowerCase();
    if (name === 'connection') nominated = nominatedBy(fields[i + 1], nominated);
    if (HOP_BY_HOP.has(name)) continue;
    kept.push(fields[i], name === 'host' && host !== null ? host : fields[i + 1]);
  }
  if (nominated === null) return kept;
  return kept.filter((_, i) => !nominated.has(kept[i - (i % 2)].toLowerCase()));
}

function nominatedBy(value: string, found: Set<string> | null): Set<string> | null {
  const lower = value.toLowerCase();
  if (lower === 'keep-alive' || lower === 'close') return found;
  const names = found ?? new Set<string>();
  for (const name of lower.split(',')) names.add(name.trim());
  return names;
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  pool.dispatch(
    {
      path: request.url!,
      method: request.method as Dispatcher.HttpMethod,
      headers: endToEnd(request.rawHeaders, upstreamHost),
      body: hasBody ? request : null,
    },
    new Forwarding(response),
  );
}

const server = createServer(forward);
// As long as the gateway's own default, so that idle connections are compared while they are all still there.
server.keepAliveTimeout = 72_000;
server.listen(Number(port), '127.0.0.1');
