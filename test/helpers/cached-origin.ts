import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import type { GatewayOptions } from '../../apps/gateway/src/gateway.js';
import { call, type CallOptions, type Reply } from './call.js';
import { startHttpUpstream, type HttpUpstream } from './http-upstream.js';
import { startGateway, type RunningGateway } from './start-gateway.js';

type RouteInput = NonNullable<ConfigObject['routes']>[number];
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An upstream whose answers a test decides, and a gateway that caches before it. */
export class CachedOrigin {
  /** What the upstream answers with. */
  handler: Handler = () => undefined;
  private seen = 0;
  private made = 0;

  private constructor(
    readonly upstream: HttpUpstream,
    readonly gateway: RunningGateway,
  ) {}

  /** @param cache of the route `/c/*`, whose id is `c`; without routes in `config` it is the only one */
  static async start(
    cache: RouteInput['cache'] = {},
    config: ConfigObject = {},
    options: Omit<GatewayOptions, 'loaded'> = {},
  ): Promise<CachedOrigin> {
    let origin: CachedOrigin | null = null;
    const upstream = await startHttpUpstream((request, response) => origin?.handler(request, response));
    const gateway = await startGateway(
      {
        ...config,
        upstreams: { u: { targets: [{ url: upstream.url }] } },
        routes: config.routes ?? [{ id: 'c', match: { path: '/c/*' }, upstream: 'u', cache }],
      },
      options,
    );
    origin = new CachedOrigin(upstream, gateway);
    return origin;
  }

  /** Answers everything with these fields and this body. */
  answers(headers: Readonly<Record<string, string | string[]>>, body = 'hello', status = 200): void {
    this.handler = (_, response) => response.writeHead(status, headers).end(body);
  }

  /** A path that nobody has asked for, from which on requests to the upstream are counted. */
  fresh(): string {
    this.seen = this.upstream.requests.length;
    return `/c/${++this.made}`;
  }

  /** Requests that the upstream has got since fresh(). */
  get asked(): number {
    return this.upstream.requests.length - this.seen;
  }

  /** The last request that the upstream has got. */
  get last(): IncomingMessage {
    const last = this.upstream.requests.at(-1);
    if (last === undefined) throw new Error('the upstream was not asked');
    return last;
  }

  get(path: string, headers: CallOptions['headers'] = {}, method = 'GET'): Promise<Reply> {
    return call(this.gateway.url + path, { headers, method });
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.upstream.close();
  }
}

/** What Cache-Status says in one word: `hit`, or why the upstream was asked. */
export function cacheResult(reply: Reply): string {
  return /^sluice; (?:fwd=)?([a-z]+)/.exec(reply.all('cache-status').at(-1) ?? '')?.[1] ?? 'nothing';
}
