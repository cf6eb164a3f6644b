import type { RequestContext } from './contract/request-context.js';
import { stageWaited } from './request-events.js';

/** Tells how long a stage has waited, once it is known. */
export function tellWait(context: RequestContext, stage: string, promise: Promise<unknown>): void {
  const startedAt = performance.now();
  const tell = (failed: boolean): void => {
    context.events.emit(stageWaited, { context, stage, startedAt, endedAt: performance.now(), failed });
  };
  promise.then(
    () => tell(false),
    () => tell(true),
  );
}
