import { Problem } from '../problems/problem.js';
import type { RequestContext } from './contract/request-context.js';
import { setField } from './contract/response-head.js';
import { TAKEN, type Verdict } from './contract/stage.js';
import type { Pipeline } from './pipeline.js';

/** Notes what the stage that was just asked has said. */
export function noteVerdict(context: RequestContext, pipeline: Pipeline, verdict: Verdict | Promise<Verdict>): void {
  context.trail?.note(context.stage, pipeline.stages[context.stage], wordFor(verdict));
}

function wordFor(verdict: Verdict | Promise<Verdict>): string {
  if (verdict === undefined) return 'pass';
  if (verdict === TAKEN) return 'taken';
  if (verdict instanceof Promise) return 'waits';
  return Problem.is(verdict) ? 'refused' : 'answered';
}

/** Writes what was decided, and how long it took, into a reply: `Sluice-Decision` and `Server-Timing`. */
export function tellDecisions(context: RequestContext, headers: string[]): void {
  const { trail, route, upstream, target, tries, problem } = context;
  if (trail === null) return;
  const facts = [`route;id="${route.id}"`, trail.toString()];
  if (tries > 0) facts.push(`upstream;id="${upstream}";target="${target}";tries=${tries}`);
  if (problem !== null) facts.push(`problem;code="${problem.type.code}"`);
  setField(headers, 'sluice-decision', facts.filter((fact) => fact !== '').join(', '));
  // Beside what the upstream says of its own times.
  headers.push('server-timing', timings(context).join(', '));
}

function timings(context: RequestContext): string[] {
  const { startedAt, admittedAt, cachePassedAt, upstreamAskedAt, upstreamConnectedAt, upstreamAnsweredAt } = context;
  const found: string[] = [];
  const add = (name: string, from: number, to: number): void => {
    if (from > 0 && to >= from) found.push(`${name};dur=${(to - from).toFixed(2)}`);
  };
  add('admission', startedAt, admittedAt);
  add('cache', admittedAt, cachePassedAt);
  add('connect', upstreamAskedAt, upstreamConnectedAt);
  add('upstream', upstreamAskedAt, upstreamAnsweredAt);
  add('gateway', startedAt, performance.now());
  return found;
}
