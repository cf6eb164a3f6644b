import { Charge } from '../../../libs/rate-limit/src/core/charge.js';
import { Limit } from '../../../libs/rate-limit/src/core/limit.js';
import { MemoryStore } from '../../../libs/rate-limit/src/core/memory.store.js';
import { SeededRandom } from '../seeded-random.js';
import type { LimitHammering } from './limit-hammering.js';
import { memory, task, workTogether } from './thread-task.js';

const plan = task.data as typeof task.data & LimitHammering;
const store = new MemoryStore({ keysMax: plan.keysMax, now: () => 1_000, memory });
const charges = plan.limits.map((settings, policy) => new Charge(policy, new Limit(settings)));
const random = new SeededRandom(task.worker);

await workTogether(() => {
  const admitted = new Array<number>(plan.keys).fill(0);
  for (let hit = 0; hit < plan.hits; hit++) {
    const key = random.below(plan.keys);
    charges.forEach((charge, policy) => {
      // The first policy is for all keys; the others, of which each has its own place, are for one.
      charge.high = policy === 0 && plan.firstForAll ? 77 : Math.imul(key + 1, 0x9e3779b1) + policy;
      charge.low = policy === 0 && plan.firstForAll ? 77 : key;
    });
    if (store.decide(charges)) admitted[key]++;
  }
  return admitted;
});
