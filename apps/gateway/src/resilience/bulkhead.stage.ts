import { Bulkhead, type BulkheadSettings, type Waiter } from '@app/resilience';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { Stage, StageHooks, Verdict } from '../pipeline/contract/stage.js';
import { problems } from '../problems/registry.js';
import { bulkheadRefused } from './events.js';
import { explainPerUpstream, perUpstream } from './per-upstream.js';
import { Refusals } from './refusals.js';

const RETRY_IN_MS = 1_000;

/** The places of one upstream, and the requests that have asked for one without getting it at once. */
class Places {
  readonly bulkhead: Bulkhead;
  /** Waiting requests with their place in the queue, refused ones with null; nothing while no request had to wait. */
  private readonly late = new Map<RequestContext, Waiter | null>();

  constructor(
    settings: BulkheadSettings,
    private readonly upstream: string,
    private readonly refusals: Refusals,
  ) {
    this.bulkhead = new Bulkhead(settings);
  }

  enter(context: RequestContext): Verdict | Promise<Verdict> {
    if (this.bulkhead.enter()) return undefined;
    if (this.bulkhead.waiting >= this.bulkhead.settings.queueMax) {
      this.late.set(context, null);
      return this.refuse(context);
    }
    return new Promise((resolve) => {
      const waiter = this.bulkhead.wait((admitted) => resolve(admitted ? undefined : this.refuse(context)));
      this.late.set(context, waiter);
    });
  }

  leave(context: RequestContext): void {
    const waiter = this.late.size === 0 ? undefined : this.late.get(context);
    if (waiter === undefined) {
      this.bulkhead.leave();
      return;
    }
    this.late.delete(context);
    if (waiter !== null) this.bulkhead.cancel(waiter);
  }

  private refuse(context: RequestContext): Verdict {
    context.events.emit(bulkheadRefused, { upstream: this.upstream });
    return this.refusals.in(RETRY_IN_MS);
  }
}

/** Bounds the requests that an upstream has at once, so that one that hangs does not take all that the gateway has. */
export class BulkheadStage implements Stage {
  readonly name = 'bulkhead';
  private readonly refusals = new Refusals(problems.upstreamOverloaded);
  private readonly places = new Map<string, Places>();

  compile(route: RouteConfig, { upstreams }: GatewayConfig): StageHooks | null {
    const placesOf = perUpstream(route, (upstream) => this.of(upstream, upstreams[upstream].bulkhead));
    if (placesOf === null) return null;
    return {
      request: (context) => placesOf(context)?.enter(context),
      end: (context) => placesOf(context)?.leave(context),
      explain: () =>
        explainPerUpstream(route, (upstream) => {
          const bulkhead = this.places.get(upstream)?.bulkhead;
          if (bulkhead === undefined) return null;
          return { ...bulkhead.settings, active: bulkhead.active, waiting: bulkhead.waiting };
        }),
    };
  }

  /** All routes to an upstream share its places. */
  private of(upstream: string, settings: BulkheadSettings | null): Places | null {
    if (settings === null) return null;
    let places = this.places.get(upstream);
    if (places === undefined) this.places.set(upstream, (places = new Places(settings, upstream, this.refusals)));
    return places;
  }
}
