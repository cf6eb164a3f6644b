import { isIP } from 'node:net';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import { AddressSet } from '../pipeline/contract/address-set.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { accessRefused } from './events.js';

type IpRules = NonNullable<RouteConfig['ipRules']>;

/** Lets only those addresses come that the server and the route let. */
export class IpRulesStage implements Stage {
  readonly name = 'ip-rules';

  compile(route: RouteConfig, config: GatewayConfig): StageHooks | null {
    const rules = [config.server.ipRules, route.ipRules].flatMap((given) => compileRules(given) ?? []);
    if (rules.length === 0) return null;
    const denied = new Problem(problems.ipDenied);
    return {
      explain: ({ head }) => ({ clientAddress: head.clientAddress, mayCome: letsAll(rules, head.clientAddress) }),
      request(context) {
        if (letsAll(rules, context.head.clientAddress)) return undefined;
        context.events.emit(accessRefused, { context, reason: 'ip-denied' });
        return denied;
      },
    };
  }
}

interface CompiledRules {
  readonly allow: AddressSet;
  readonly deny: AddressSet;
}

function compileRules(rules: IpRules | undefined): CompiledRules | null {
  if (rules === undefined || (rules.allow.length === 0 && rules.deny.length === 0)) return null;
  return { allow: new AddressSet(rules.allow), deny: new AddressSet(rules.deny) };
}

function letsAll(rules: readonly CompiledRules[], address: string): boolean {
  // Who cannot be told apart from those who may not come does not come.
  if (isIP(address) === 0) return false;
  for (let i = 0; i < rules.length; i++) {
    const { allow, deny } = rules[i];
    if (deny.has(address) || !(allow.empty || allow.has(address))) return false;
  }
  return true;
}
