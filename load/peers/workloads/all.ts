import { get1k, get1m, post1k, put1m } from './saturation.workload.ts';
import type { Workload } from './workload.ts';

/** Every workload, in the order they run. */
export const workloads: readonly Workload[] = [get1k, post1k, get1m, put1m];
