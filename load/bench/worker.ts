/** Measures one case: started by run-case.ts, which it tells the figures. */
import { cases } from './cases/all.ts';
import { measure, type Order } from './harness/measure.ts';
import type { Outcome } from './run-case.ts';

process.once('message', (order: Order) => void carryOut(order));

async function carryOut(order: Order): Promise<void> {
  const outcome = await attempt(order);
  process.send?.(outcome, () => process.exit(0));
}

async function attempt(order: Order): Promise<Outcome> {
  try {
    const benchCase = cases.find(({ name }) => name === order.name)!;
    return { figures: await measure(benchCase, order) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
