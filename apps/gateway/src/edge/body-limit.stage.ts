import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';

/** Refuses a declared body that is too large, before anything is read. Chunked bodies are counted as they are read. */
export class BodyLimitStage implements Stage {
  readonly name = 'body-limit';

  compile(route: RouteConfig, config: GatewayConfig): StageHooks {
    const bytesMax = route.bodyBytesMax ?? config.server.bodyBytesMax;
    return {
      request: ({ head }) => (head.contentLength > bytesMax ? new Problem(problems.bodyTooLarge) : undefined),
      explain: () => ({ bodyBytesMax: bytesMax }),
    };
  }
}
