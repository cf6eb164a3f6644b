import type { BenchCase } from '../harness/bench-case.ts';
import { breakerCases } from './breaker.cases.ts';
import { cacheCases } from './cache.cases.ts';
import { gatewayCases } from './gateway.cases.ts';
import { limiterCellCases } from './limiter-cell.cases.ts';
import { limiterCases } from './limiter.cases.ts';
import { tokenCases } from './token.cases.ts';

/** Every case, in the order they run. */
export const cases: readonly BenchCase[] = [
  ...limiterCases,
  ...limiterCellCases,
  ...breakerCases,
  ...tokenCases,
  ...cacheCases,
  ...gatewayCases,
];
