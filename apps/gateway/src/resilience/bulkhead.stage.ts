import { Bulkhead, type BulkheadSettings, type Waiter, type WorkerMemory } from '@app/resilience';
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
    memory: WorkerMemory | null,
  ) {
    this.bulkhead = new Bulkhead(settings, undefined, memory && { memory, name: `bulkheads/${upstream}` });
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
      // Another worker has taken the last place in the queue at this very moment.
      if (waiter === null) resolve(this.refuse(context));
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

  /** @param memory what the workers have in common; null when this one is alone */
  constructor(private readonly memory: WorkerMemory | null) {}

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
    if (places === undefined) {
      places = new Places(settings, upstream, this.refusals, this.memory);
      this.places.set(upstream, places);
    }
    return places;
  }
}
