import { Injectable } from '@nestjs/common';
import {
  ContextKey,
  Problem,
  setField,
  settingsOf,
  type RequestContext,
  type RouteConfig,
  type Stage,
  type StageHooks,
  type StageSettings,
} from '@app/gateway';
import { z } from 'zod';
import { quotaExceeded } from './quota.events.js';
import { partnerUnknownProblem, quotaExceededProblem } from './quota.problems.js';
import { QuotaLedger } from './quota-ledger.service.js';

/** What is left of the quota after this request: decided on the way in, told on the way out. */
const remaining = new ContextKey<number>('quota.remaining');

/** Lets each partner make so many requests a day. Partners name themselves in `X-Partner`. */
@Injectable()
export class QuotaStage implements Stage {
  static readonly settings = {
    key: 'quota',
    schema: z.strictObject({
      perDay: z.int().min(1).describe('Requests that a partner may make in a day (UTC).'),
      partners: z.array(z.string().min(1)).min(1).describe('Names that may stand in X-Partner.'),
    }),
  } satisfies StageSettings;

  readonly name = 'quota';
  readonly after = 'body-limit';

  constructor(private readonly ledger: QuotaLedger) {}

  /** Asked once for each route when the configuration is loaded: null keeps the stage out of the route's pipeline. */
  compile(route: RouteConfig): StageHooks | null {
    const quota = settingsOf(route, QuotaStage.settings);
    if (quota === undefined) return null;
    const partners = new Set(quota.partners);
    return {
      request: (context) => this.admit(context, partners, quota.perDay),
      response(context, head) {
        const left = context.get(remaining);
        if (left !== undefined) setField(head.headers, 'x-quota-remaining', String(left));
      },
    };
  }

  /** undefined lets the request go on; a problem ends it here, and passes the stages above on its way out. */
  private admit(context: RequestContext, partners: ReadonlySet<string>, perDay: number): Problem | undefined {
    const partner = context.head.field('x-partner');
    if (partner === undefined || !partners.has(partner)) return new Problem(partnerUnknownProblem);
    const { left, resetS } = this.ledger.take(context.route.id, partner, perDay);
    if (left >= 0) {
      context.set(remaining, left);
      return undefined;
    }
    context.events.emit(quotaExceeded, { partner, route: context.route.id });
    return new Problem(quotaExceededProblem, {
      headers: ['retry-after', String(resetS)],
      members: { perDay, resetS },
    });
  }
}
