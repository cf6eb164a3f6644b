import type { GatewayConfig, RouteConfig } from '../../config/schema/gateway.schema.js';
import type { Problem } from '../../problems/problem.js';
import type { Answer } from './answer.js';
import type { RequestContext } from './request-context.js';
import type { ResponseHead } from './response-head.js';
import type { TryFailure } from './try-failure.js';
import type { Transform } from 'node:stream';
import type { output, ZodType } from 'zod';

/** Given back by a stage that has taken the request over and will reply by itself. */
export const TAKEN = Symbol('sluice.taken');

/** undefined: go on. An Answer or a Problem: stop here and reply. TAKEN: the stage replies. */
export type Verdict = undefined | Answer | Problem | typeof TAKEN;

/**
 * What a stage does for one route. The order of stages is that of an onion: requests pass the list downwards, and every
 * reply (of the upstream, of a stage, or a problem) passes the stages above its maker upwards.
 *
 * All hooks run on the one thread of the gateway: what takes long belongs into a promise.
 */
export interface StageHooks {
  /** Decides whether the request goes on. Give back a promise only when there is something to wait for. */
  request?(context: RequestContext): Verdict | Promise<Verdict>;
  /** Edits the request head that the upstream gets: fields, flat, hop-by-hop ones already gone. Once per request. */
  forward?(context: RequestContext, headers: string[]): void;
  /**
   * Asked before each try of an upstream, the first one included. A problem ends the request instead. Each try that
   * every stage lets through is settled once.
   */
  attempt?(context: RequestContext): Problem | undefined;
  /** A try has its response head (`failure` is null), or came to nothing (`status` is 0). */
  settle?(context: RequestContext, status: number, failure: TryFailure | null): void;
  /** A reply broke off behind its head, after its try was settled. */
  broken?(context: RequestContext, failure: TryFailure): void;
  /**
   * Asked behind `settle` when the request could be sent once more: nothing went to the client, and the body is absent
   * or was kept. The answer of the first stage that wants it counts.
   *
   * @param headers fields of the response, flat, or null when there is none
   * @returns milliseconds to wait before the next try, or -1 for none
   */
  retry?(
    context: RequestContext,
    status: number,
    failure: TryFailure | null,
    headers: readonly string[] | null,
  ): number;
  /** Edits the head of a reply. */
  response?(context: RequestContext, head: ResponseHead): void;
  /** Gives a stream that the body of the reply passes, or null. May edit the head. */
  body?(context: RequestContext, head: ResponseHead): Transform | null;
  /**
   * Tells people what the stage would do with a request: its settings on this route, and what it would decide by. It
   * takes nothing, asks nobody, and names no secret. What an earlier stage would leave in the context is not there.
   */
  explain?(context: RequestContext): Readonly<Record<string, unknown>>;
  /** The exchange with the client is over, whichever way. Gives back what `request` took. */
  end?(context: RequestContext): void;
}

/**
 * A configuration key of its own that a stage adds to every route: `static readonly settings` of its class, since the
 * key must be known before there is a stage. What a route says under it comes from settingsOf().
 */
export interface StageSettings<Schema extends ZodType = ZodType> {
  /** Key under `routes[]`. */
  readonly key: string;
  /** Use `z.strictObject`, so that an unknown key is a mistake and not ignored. A route may always leave the key out. */
  readonly schema: Schema;
}

/** What a route says under the key of a stage, checked and with the defaults of its schema; undefined for nothing. */
export function settingsOf<Schema extends ZodType>(
  route: RouteConfig,
  settings: StageSettings<Schema>,
): output<Schema> | undefined {
  return (route as Readonly<Record<string, unknown>>)[settings.key] as output<Schema> | undefined;
}

/**
 * One policy. A stage is an ordinary Nest provider; it is asked once per route when a configuration is loaded, and
 * gives null when the route does not use it: then nothing of it runs there.
 */
export interface Stage {
  /** Name, unique among all stages. */
  readonly name: string;
  /** For custom stages: the name of the stage directly above. Nothing can stand below `forward`, which takes all. */
  readonly after?: string;
  compile(route: RouteConfig, config: GatewayConfig): StageHooks | null;
}
