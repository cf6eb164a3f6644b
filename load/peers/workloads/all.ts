import { breakerOpen } from './breaker-open.workload.ts';
import { cacheHit } from './cache-hit.workload.ts';
import { rate1k } from './constant-rate.workload.ts';
import { idle } from './idle.workload.ts';
import { policies } from './policies.workload.ts';
import { routes1000 } from './routes-1000.workload.ts';
import { get1k, get1m, post1k, put1m } from './saturation.workload.ts';
import { slowReader } from './slow-reader.workload.ts';
import { start } from './start.workload.ts';
import { telemetry } from './telemetry.workload.ts';
import { workers } from './workers.workload.ts';
import type { Workload } from './workload.ts';

/** Every workload, in the order they run. */
export const workloads: readonly Workload[] = [
  get1k,
  post1k,
  get1m,
  put1m,
  rate1k,
  routes1000,
  policies,
  cacheHit,
  breakerOpen,
  telemetry,
  workers,
  idle,
  slowReader,
  start,
];
