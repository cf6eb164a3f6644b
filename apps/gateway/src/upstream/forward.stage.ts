import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import { TAKEN, type Stage, type StageHooks } from '../pipeline/contract/stage.js';
import type { Deadlines } from './deadlines.js';
import { ForwardExchange } from './forward-exchange.js';
import { explainForward } from './explain-forward.js';
import { planForward } from './forward-plan.js';
import type { UpgradedConnections } from './upgrade/upgraded-connections.js';
import type { UpstreamRegistry } from './upstream-registry.js';

/** Sends the request to an upstream and streams the reply back. The end of the pipeline of most routes. */
export class ForwardStage implements Stage {
  readonly name = 'forward';

  constructor(
    private readonly registry: UpstreamRegistry,
    private readonly deadlines: Deadlines,
    private readonly upgrades: UpgradedConnections,
  ) {}

  compile(route: RouteConfig, config: GatewayConfig): StageHooks | null {
    if (route.upstream === undefined && route.weighted === undefined) return null;
    const plan = planForward(route, config, this.registry, this.deadlines);
    const { upgrades } = this;
    return {
      request(context) {
        new ForwardExchange(context, plan, upgrades).start();
        return TAKEN;
      },
      explain: (context) => explainForward(route, plan, context),
      end(context) {
        context.exchange?.abort();
      },
    };
  }
}
