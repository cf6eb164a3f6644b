import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { requestOverLimit } from '../../admission/rate-limit.events.js';
import { Events } from '../../pipeline/contract/events.js';
import { WHOLE_PROCESS, type WholeProcess } from '../../workers/whole-process.js';
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

  constructor(
    @Inject(Events) private readonly events: Events,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
  ) {
    whole.answer('refused-most.list', () => this.own());
  }

  onModuleInit(): void {
    this.events.on(requestOverLimit, (context) => this.count(context));
  }

  /** Those of all workers, the most often refused first. */
  async list(): Promise<RefusedCaller[]> {
    const all = new Map<string, RefusedCaller>();
    for (const callers of await this.whole.ask<ReadonlyMap<string, RefusedCaller>>('refused-most.list')) {
      for (const [key, caller] of callers) {
        const known = all.get(key);
        if (known === undefined) all.set(key, { ...caller });
        else {
          known.refused += caller.refused;
          known.countedTooMuch += caller.countedTooMuch;
        }
      }
    }
    return [...all.values()].toSorted((a, b) => b.refused - a.refused).slice(0, KEPT);
  }

  /** Those of this worker, by what tells callers apart. */
  own(): ReadonlyMap<string, RefusedCaller> {
    return this.callers;
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
