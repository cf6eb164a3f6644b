import { REFUSED } from '../../../libs/resilience/src/core/breaker.js';
import { Bulkhead } from '../../../libs/resilience/src/core/bulkhead.js';
import { RetryBudget } from '../../../libs/resilience/src/core/retry-budget.js';
import { SharedBreaker } from '../../../libs/resilience/src/core/shared-breaker.js';
import type { HammeredProtection, ProtectionHammering } from './protection-hammering.js';
import { memory, task, workTogether } from './thread-task.js';

const { nowMs, settings, calls, failing, concurrentMax, ...plan } = task.data as ProtectionHammering;
const transitions: string[] = [];
const told = ({ to }: { to: string }): void => void transitions.push(to);
const breaker = new SharedBreaker('b', settings, { memory, name: 'b' }, told, () => nowMs);
const limits = { concurrentMax, queueMax: 0, queueTimeoutMs: 1 };
const bulkhead = new Bulkhead(limits, () => nowMs, { memory, name: 'bulkhead' });
const budget = new RetryBudget(20, 0, { memory, name: 'budget', clockOffsetMs: 0 });
const inside = new Int32Array(plan.inside);

await workTogether((): HammeredProtection => {
  let admitted = 0;
  let mostInside = 0;
  let retries = 0;
  for (let call = 0; call < calls; call++) {
    const pass = breaker.enter();
    if (pass !== REFUSED) {
      admitted++;
      if (failing !== null) breaker.leave(pass, failing);
    }
    if (bulkhead.enter()) {
      mostInside = Math.max(mostInside, Atomics.add(inside, 0, 1) + 1);
      Atomics.sub(inside, 0, 1);
      bulkhead.leave();
    }
    budget.deposit(nowMs);
    if (budget.withdraw(nowMs)) retries++;
  }
  return { admitted, transitions, mostInside, retries };
});
