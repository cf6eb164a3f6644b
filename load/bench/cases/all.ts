import type { BenchCase } from '../harness/bench-case.ts';
import { breakerCases } from './breaker.cases.ts';
import { gatewayCases } from './gateway.cases.ts';

/** Every case, in the order they run. */
export const cases: readonly BenchCase[] = [...breakerCases, ...gatewayCases];
