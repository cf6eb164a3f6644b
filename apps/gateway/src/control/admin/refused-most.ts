import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { requestOverLimit } from '../../admission/rate-limit.events.js';
import { Events } from '../../pipeline/contract/events.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';

const KEPT = 200;

export interface RefusedCaller {
  readonly route: string;
  readonly tenant: string;
  readonly user: string;
  readonly apiKey: string;
  readonly address: string;
  /** Refusals counted; too high by `countedTooMuch` at most. */
  refused: number;
  countedTooMuch: number;
}

/**
 * Who is refused by limits most often, in a fixed number of places (Metwally's space-saving, 2005): a caller that is not
 * there takes the place of the one with the fewest refusals and its count, so that whoever has more than 1 / 200 of all
 * refusals is surely among them. Counted at refusals only.
 */
@Injectable()
export class RefusedMost implements OnModuleInit {
  private readonly callers = new Map<string, RefusedCaller>();

  constructor(@Inject(Events) private readonly events: Events) {}

  onModuleInit(): void {
    this.events.on(requestOverLimit, (context) => this.count(context));
  }

  /** The most often refused first. */
  list(): RefusedCaller[] {
    return [...this.callers.values()].toSorted((a, b) => b.refused - a.refused);
  }

  private count({ route, identity, head }: RequestContext): void {
    const { tenant = '', subject: user = '', apiKey = '' } = identity ?? {};
    const address = head.clientAddress;
    const key = JSON.stringify([route.id, tenant, user, apiKey, address]);
    const known = this.callers.get(key);
    if (known !== undefined) {
      known.refused++;
      return;
    }
    const inherited = this.callers.size < KEPT ? 0 : this.evict();
    this.callers.set(key, {
      route: route.id,
      tenant,
      user,
      apiKey,
      address,
      refused: inherited + 1,
      countedTooMuch: inherited,
    });
  }

  private evict(): number {
    let fewest = Infinity;
    let least = '';
    for (const [key, { refused }] of this.callers) {
      if (refused < fewest) {
        fewest = refused;
        least = key;
      }
    }
    this.callers.delete(least);
    return fewest;
  }
}
