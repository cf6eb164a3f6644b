/** The budgets for half an hour, while memory and the keys of limits are watched. `-e SCALE=16` makes it a night. */
import http from 'k6/http';
import { sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { thresholds as budgets } from '../../generated/budgets.ts';
import { budgetScenarios } from '../budget-scenarios.ts';
import { lasting, scaledS } from '../length.ts';
import { sampleOf } from '../metric-sample.ts';
import { management } from '../target.ts';

export { askRoute } from '../ask-route.ts';
export { openSession as setup } from '../credentials.ts';

const SECONDS = 1_800;
/** Caches fill and code is compiled before this; growth is counted from here. */
const SETTLED_S = scaledS(SECONDS / 3);
const LOOK_EVERY_S = Math.min(10, Math.max(1, SETTLED_S / 10));
const MB = 1e6;

const memory = new Trend('gateway_memory_mb');
const growth = new Trend('gateway_memory_growth_percent');
const keys = new Trend('gateway_limiter_keys');

export const options = {
  scenarios: {
    ...budgetScenarios(SECONDS),
    watch: { executor: 'constant-vus', vus: 1, duration: lasting(SECONDS), gracefulStop: '1s', exec: 'watch' },
  },
  thresholds: {
    ...budgets,
    gateway_memory_mb: ['max<512'],
    gateway_memory_growth_percent: ['max<20'],
    gateway_limiter_keys: ['max<1000'],
  },
};

const startedAt = Date.now();
let settledMb: number | null = null;

export function watch(): void {
  const text = http.get(`${management}/metrics`, { tags: { route: 'metrics' } }).body ?? '';
  const usedMb = sampleOf(text, 'process_resident_memory_bytes') / MB;
  memory.add(usedMb);
  keys.add(sampleOf(text, 'api_gateway_rate_limiter_active'));
  if (Date.now() - startedAt > SETTLED_S * 1000) {
    settledMb ??= usedMb;
    growth.add((100 * (usedMb - settledMb)) / settledMb);
  }
  sleep(LOOK_EVERY_S);
}
