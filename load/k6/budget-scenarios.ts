import { scenarios } from '../generated/budgets.ts';
import { lasting } from './length.ts';

/** Every route with a budget, for so many seconds (scaled). */
export function budgetScenarios(seconds: number): Record<string, object> {
  return Object.fromEntries(
    Object.entries(scenarios).map(([name, scenario]) => [name, { ...scenario, duration: lasting(seconds) }]),
  );
}
