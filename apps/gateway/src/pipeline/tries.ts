import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import type { RequestContext } from './contract/request-context.js';
import type { TryFailure } from './contract/try-failure.js';
import type { Pipeline } from './pipeline.js';

/** Takes what a stage threw where the request goes on all the same. */
export type Report = (context: RequestContext, error: unknown) => void;

/** @returns the problem that forbids the try, or undefined */
export function askBeforeTry(pipeline: Pipeline, context: RequestContext, report: Report): Problem | undefined {
  const { attempt } = pipeline;
  for (let i = 0; i < attempt.length; i++) {
    const { at, hooks } = attempt[i];
    let refusal: Problem | undefined;
    try {
      refusal = hooks.attempt(context);
    } catch (error) {
      report(context, error);
      refusal = new Problem(problems.internal);
    }
    if (refusal === undefined) continue;
    // Those above have let the try through, and are owed its end.
    settleAbove(at, pipeline, context, 0, 'aborted', report);
    return refusal;
  }
  return undefined;
}

export function tellSettled(
  pipeline: Pipeline,
  context: RequestContext,
  status: number,
  failure: TryFailure | null,
  report: Report,
): void {
  settleAbove(pipeline.stages.length, pipeline, context, status, failure, report);
}

export function tellBroken(pipeline: Pipeline, context: RequestContext, failure: TryFailure, report: Report): void {
  for (const { hooks } of pipeline.broken) {
    try {
      hooks.broken(context, failure);
    } catch (error) {
      report(context, error);
    }
  }
}

/** @returns milliseconds to wait before the next try, or -1 for none */
export function askForRetry(
  pipeline: Pipeline,
  context: RequestContext,
  status: number,
  failure: TryFailure | null,
  headers: readonly string[] | null,
  report: Report,
): number {
  for (const { hooks } of pipeline.retry) {
    try {
      const delayMs = hooks.retry(context, status, failure, headers);
      if (delayMs >= 0) return delayMs;
    } catch (error) {
      report(context, error);
    }
  }
  return -1;
}

function settleAbove(
  limit: number,
  pipeline: Pipeline,
  context: RequestContext,
  status: number,
  failure: TryFailure | null,
  report: Report,
): void {
  const { settle } = pipeline;
  for (let i = 0; i < settle.length && settle[i].at < limit; i++) {
    try {
      settle[i].hooks.settle(context, status, failure);
    } catch (error) {
      report(context, error);
    }
  }
}
