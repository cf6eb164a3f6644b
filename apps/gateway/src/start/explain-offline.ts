import type { LoadedConfig } from '../config/index.js';
import { Gateway } from '../gateway.js';
import { DataPlane } from '../pipeline/data-plane.js';
import type { Explanation, Question } from '../pipeline/explain.js';

/** Composes a gateway that never listens, and asks it. Nothing that it would connect to is asked. */
export async function explainOffline(loaded: LoadedConfig, question: Question): Promise<Explanation> {
  const config = { ...loaded.config, redis: { ...loaded.config.redis, url: null } };
  const gateway = await Gateway.create({ loaded: { ...loaded, config }, logger: false });
  try {
    return gateway.app.get(DataPlane).explain(question);
  } finally {
    await gateway.close(0);
  }
}
