import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';

/** Picks one of several upstreams by their shares of the traffic, before the policies of that upstream are asked. */
export class ChooseUpstreamStage implements Stage {
  readonly name = 'choose-upstream';

  compile({ weighted }: RouteConfig): StageHooks | null {
    if (weighted === undefined) return null;
    const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
    return {
      explain: () => ({
        shares: Object.fromEntries(weighted.map(({ upstream, weight }) => [upstream, weight / total])),
      }),
      request(context) {
        let at = Math.random() * total;
        // A sum of shares may round to the whole: the last one that has a share takes what is left.
        for (const { upstream, weight } of weighted) {
          if (weight > 0) context.upstream = upstream;
          at -= weight;
          if (at < 0) return undefined;
        }
        return undefined;
      },
    };
  }
}
