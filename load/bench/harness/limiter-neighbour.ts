/** A worker beside the one that is measured: it asks the same limiter as fast as it can, until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { built } from './built.ts';
import { workerRegions } from './worker-regions.ts';

type RateLimitModule = typeof import('../../../libs/rate-limit/src/index.ts');

const { regions, keys, settings } = workerData as {
  regions: Map<string, SharedArrayBuffer>;
  keys: number;
  settings: { burst: number; windowMs: number };
};
const { Charge, Limit, MemoryStore } = await built<RateLimitModule>('libs/rate-limit/src/index.ts');
const store = new MemoryStore({ memory: workerRegions(regions, 2, 1) });
const charges = [new Charge(0, new Limit(settings))];
store.decide(charges);
parentPort?.postMessage('running');
for (let i = 0; ; i++) {
  charges[0].high = charges[0].low = Math.imul(i % keys, 0x9e3779b1);
  store.decide(charges);
}
