/** Every route with a budget at a steady rate that its limits let in, held to its budget. */
import { thresholds as budgets } from '../../generated/budgets.ts';
import { budgetScenarios } from '../budget-scenarios.ts';

export { askRoute } from '../ask-route.ts';
export { openSession as setup } from '../credentials.ts';

export const options = { scenarios: budgetScenarios(120), thresholds: { ...budgets } };
