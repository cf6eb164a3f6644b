export { HistogramRows } from './core/histogram-rows.js';
export type { MetricSource } from './core/metric-source.js';
export { NumberRows } from './core/number-rows.js';
export { Slots } from './core/slots.js';
export { exposeSource } from './nest/expose-source.js';
export { activeResources } from './core/active-resources.js';
export { Profiler, ProfilerBusyError } from './core/profiler.js';
