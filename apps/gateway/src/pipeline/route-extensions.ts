import type { RouteExtension } from '../config/schema/gateway.schema.js';
import { routeShape } from '../config/schema/route.schema.js';
import type { StageType } from './contract/stage-type.js';

/**
 * The keys that custom stages add to routes.
 * @throws Error when a key is taken: by the gateway, or by another stage
 */
export function routeExtensions(stages: readonly StageType[]): RouteExtension[] {
  const owners = new Map<string, string>();
  return stages.flatMap(({ name, settings }) => {
    if (settings === undefined) return [];
    const { key, schema } = settings;
    const owner = Object.hasOwn(routeShape, key) ? 'the gateway itself' : owners.get(key);
    if (owner !== undefined) throw new Error(`the route key "${key}" of ${name} is taken by ${owner}`);
    owners.set(key, name);
    return [{ key, settings: schema }];
  });
}
