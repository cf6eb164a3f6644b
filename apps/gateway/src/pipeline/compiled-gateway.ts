import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import { FieldActions } from '../edge/field-actions.js';
import { AddressSet } from './contract/address-set.js';
import type { EdgeSettings } from '../edge/read-head.js';
import { Router } from '../routing/router.js';
import { compilePipeline, type Pipeline } from './pipeline.js';
import type { RequestFlow } from './request-flow.js';
import type { Stage } from './contract/stage.js';

/** A configuration, compiled: what one request reads from its first byte to its last. Never changed, only replaced. */
export interface CompiledGateway {
  readonly edge: EdgeSettings;
  readonly router: Router<RequestFlow>;
  readonly pipelines: readonly Pipeline[];
}

export function compileGateway(
  config: GatewayConfig,
  viaName: string,
  stages: readonly Stage[],
  makeFlow: (pipeline: Pipeline) => RequestFlow,
): CompiledGateway {
  const pipelines = config.routes.map((route, index) => compilePipeline(stages, route, config, index));
  return {
    edge: {
      viaName,
      trust: new AddressSet(config.server.trustProxy),
      actions: new FieldActions(Object.keys(config.auth.identityHeaders)),
      keepEncodedSlash: config.server.encodedSlash === 'keep',
      headBytesMax: config.server.headBytesMax,
    },
    router: new Router(pipelines.map((pipeline) => [pipeline.route.config, makeFlow(pipeline)])),
    pipelines,
  };
}
