import type { RouteConfig } from '../config/schema/gateway.schema.js';
import { Answer } from '../pipeline/contract/answer.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';

/** Answers from the configuration, without an upstream. */
export class RespondStage implements Stage {
  readonly name = 'respond';

  compile({ respond }: RouteConfig): StageHooks | null {
    if (respond === undefined) return null;
    const headers = Object.entries(respond.headers).flat();
    if (respond.body !== '' && !Object.hasOwn(respond.headers, 'content-type')) {
      headers.push('content-type', 'text/plain; charset=utf-8');
    }
    const answer = new Answer(respond.status, headers, respond.body);
    return {
      request: () => answer,
      explain: () => ({ status: respond.status, bytes: Buffer.byteLength(respond.body) }),
    };
  }
}
