import { noDirectives, readRequestFacts, useOf, type RequestFacts, type StoredResponse } from '@app/cache';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { ResponseHead } from '../pipeline/contract/response-head.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { TAKEN, type Stage, type StageHooks, type Verdict } from '../pipeline/contract/stage.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { answerFrom } from './answers.js';
import { compilePlan, compileUri, placeOf, type CachePlan, type Place } from './cache-plan.js';
import { forwardStatus, hitStatus, type Forwarding } from './cache-status.js';
import { cacheEvents } from './events.js';
import { explainCache } from './explain-cache.js';
import { FillReader } from './fill-reader.js';
import { Fill } from './fill.js';
import type { FillTask } from './fill-replies.js';
import { directStatus, type ResponseCache } from './response-cache.js';
import { invalidatedTags, isUnsafe, mayChange, sharePaths } from './unsafe-requests.js';

/** A shared cache (RFC 9111). Routes without one are in it only when what they change is stored for another. */
export class CacheStage implements Stage {
  readonly name = 'cache';

  constructor(private readonly cache: ResponseCache) {}

  compile(route: RouteConfig, config: GatewayConfig): StageHooks | null {
    if (!config.cache.enabled) return null;
    if (isCached(route)) return this.caching(route, config);
    const touched =
      mayChange(route) &&
      config.routes.some((other) => isCached(other) && sharePaths(other.match.path, route.match.path));
    return touched ? this.invalidating(route) : null;
  }

  private caching(route: RouteConfig, config: GatewayConfig): StageHooks | null {
    if (route.cache === undefined) return null;
    const plan = compilePlan(route, route.cache, config);
    return {
      request: (context) => this.lookup(context, plan),
      explain: (context) => explainCache(this.cache, plan, context),
      response: (context, head) => this.onReply(context, head, plan.uri),
      end({ exchange }) {
        if (exchange instanceof FillReader) exchange.abort();
      },
    };
  }

  private invalidating(route: RouteConfig): StageHooks {
    const uri = compileUri(route.cache);
    return {
      // Replies pass the stages that were asked.
      request: () => undefined,
      response: (context, head) => {
        if (isUnsafe(context.head.method)) this.invalidate(context, head, uri(context.head));
      },
    };
  }

  private lookup(context: RequestContext, plan: CachePlan): Verdict | Promise<Verdict> {
    const { head } = context;
    const { method } = head;
    if (method !== 'GET' && method !== 'HEAD') {
      if (!isUnsafe(method)) context.set(directStatus, forwardStatus('method'));
      context.events.emit(cacheEvents.bypass, context);
      return undefined;
    }
    if (head.hasBody || context.upgradeSocket !== null) return this.forward(context, 'bypass');
    const facts = readRequestFacts(head.raw);
    const asked = plan.obeyClient ? facts.control : noDirectives;
    if (facts.opaque || asked.noStore) return this.forward(context, 'bypass');
    const place = placeOf(plan, context, facts);
    if (place === null) return this.forward(context, 'bypass');
    const nowMs = this.cache.now();
    const stored = this.cache.find(place, head.raw);
    if (stored !== undefined) {
      const use = useOf(stored, asked, nowMs);
      if (use !== 'validate') {
        context.events.emit(use === 'fresh' ? cacheEvents.hit : cacheEvents.stale, context);
        if (use === 'refresh') this.refresh(context, plan, place, stored);
        return answerFrom(stored, head, facts, nowMs, hitStatus(stored.ttlS(nowMs)));
      }
    }
    if (asked.onlyIfCached) {
      context.events.emit(cacheEvents.miss, context);
      return new Problem(problems.notStored);
    }
    let why: Forwarding = 'miss';
    if (stored !== undefined) why = stored.isFresh(nowMs) ? 'request' : 'stale';
    // A part, or a head alone, is nothing to be stored.
    if (method === 'HEAD' || facts.range) return this.forward(context, why);
    return this.fetch(context, facts, asked.noCache, { plan, place, why, stale: stored ?? null });
  }

  /** Waits for the upstream: alone, together with others, or as the one whom the others wait for. */
  private fetch(
    context: RequestContext,
    facts: RequestFacts,
    reload: boolean,
    about: Pick<FillTask, 'plan' | 'place' | 'why' | 'stale'>,
  ): Verdict | Promise<Verdict> {
    const { place, stale } = about;
    const name = nameOf(place, stale);
    if (stale === null && this.cache.isPassedBy(name)) return this.forward(context, about.why);
    // Each of them wants to have asked by itself.
    const alone = reload || stale?.facts.alwaysValidate === true;
    const fill = alone ? undefined : this.cache.fillOf(name);
    if (fill !== undefined) return fill.join(new FillReader(context, facts, place, true));
    const own = new Fill(this.cache, { ...about, name, shared: !alone });
    this.cache.began(own);
    own.start(context, new FillReader(context, facts, place, false));
    return TAKEN;
  }

  /** Fetches a new response in the background (RFC 5861 section 3), once however many use the old one. */
  private refresh(context: RequestContext, plan: CachePlan, place: Place, stale: StoredResponse): void {
    const name = nameOf(place, stale);
    if (this.cache.fillOf(name) !== undefined) return;
    const fill = new Fill(this.cache, { plan, place, name, why: 'stale', stale, shared: true });
    this.cache.began(fill);
    fill.start(context, null);
  }

  private forward(context: RequestContext, why: Forwarding): undefined {
    this.cache.forwardAlone(context, why);
    return undefined;
  }

  private onReply(context: RequestContext, head: ResponseHead, uri: CachePlan['uri']): void {
    if (isUnsafe(context.head.method)) {
      this.invalidate(context, head, uri(context.head));
      addStatus(head, forwardStatus('method'));
      return;
    }
    const status = context.get(directStatus);
    if (status !== undefined) addStatus(head, status);
  }

  private invalidate(context: RequestContext, head: ResponseHead, uri: string): void {
    // A refusal of the gateway's own changed nothing.
    if (context.upstreamStatus === 0) return;
    const tags = invalidatedTags(context, head, uri);
    if (tags.length > 0) this.cache.invalidate(tags);
  }
}

function isCached({ cache, upstream, weighted }: RouteConfig): boolean {
  return cache?.enabled === true && (upstream !== undefined || weighted !== undefined);
}

/** Requests of one name may wait for one response. */
function nameOf({ shared, own, credentials }: Place, stale: StoredResponse | null): string {
  if (shared !== null && stale?.facts.forEverybody === true) return shared;
  if (own !== null) return own;
  // Those without credentials can have responses that those with them cannot, and are not to wait in vain.
  return credentials ? `${shared}\nc` : (shared ?? '');
}

function addStatus(head: ResponseHead, status: string): void {
  head.headers.push('cache-status', status);
}
