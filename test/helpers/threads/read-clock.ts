import { processClock } from '../../../apps/gateway/src/workers/process-clock.js';
import { memory, workTogether } from './thread-task.js';

const now = processClock(memory);

await workTogether(now);
