import { describe, expect, it } from '@jest/globals';
import { parseConfigObject } from '../../config/index.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import { RequestHead } from '../../pipeline/contract/request-head.js';
import { Problem } from '../../problems/problem.js';
import { problems } from '../../problems/registry.js';
import { AccessLog } from './access-log.js';
import { ERROR, INFO, levelOf, WARN } from './line-level.js';

type Ended = Pick<RequestContext, 'status' | 'problem' | 'outcome'>;

const fine: Ended = { status: 200, problem: null, outcome: 'completed' };
const refused: Ended = { status: 404, problem: new Problem(problems.noRoute), outcome: 'completed' };
const failed: Ended = { status: 502, problem: new Problem(problems.upstreamMalformed), outcome: 'completed' };

function contextOf(ended: Ended): RequestContext {
  const head = new RequestHead([]);
  head.path = '/';
  return { ...ended, head, route: { id: 'r', index: 0 }, identity: null, upstream: '', target: '' } as RequestContext;
}

/** Levels of the lines that 1,000 requests of a kind leave behind, when the draws go evenly from 0 to 1. */
function written(sample: number, threshold: number, ended: Ended): number {
  let count = 0;
  let draw = 0;
  const { config } = parseConfigObject({
    telemetry: { logs: { sample } },
    routes: [{ id: 'r', match: { path: '/' }, respond: { status: 200 } }],
  });
  const log = new AccessLog({ threshold, writeBytes: () => count++ }, config, [false], () => (draw++ % 1_000) / 1_000);
  for (let i = 0; i < 1_000; i++) log.ended(contextOf(ended));
  return count;
}

describe('the level of a request', () => {
  it.each<[string, Partial<Ended>, number]>([
    ['that went well', {}, INFO],
    ['that a service has refused', { status: 403 }, INFO],
    ['that the gateway has refused', refused, WARN],
    [
      'that the gateway cannot do for its client',
      { status: 501, problem: new Problem(problems.expectationFailed) },
      WARN,
    ],
    ['whose client left', { status: 0, outcome: 'client-gone' }, WARN],
    ['that a service has failed at', { status: 500 }, ERROR],
    ['that found no upstream', failed, ERROR],
    ['that the gateway has failed at', { status: 500, problem: new Problem(problems.internal) }, ERROR],
    ['whose reply was cut', { status: 200, outcome: 'cut' }, ERROR],
  ])('%s', (_, ended, level) => {
    expect(levelOf(contextOf({ ...fine, ...ended }))).toBe(level);
  });
});

describe('sampling', () => {
  it.each([
    [0, 0],
    [0.25, 250],
    [1, 1_000],
  ])('at %d keeps its share of what went well', (sample, count) => {
    expect(written(sample, INFO, fine)).toBe(count);
  });

  it('keeps all that went wrong', () => {
    expect(written(0, INFO, refused)).toBe(1_000);
    expect(written(0, INFO, failed)).toBe(1_000);
  });

  it('does not outweigh the level', () => {
    expect(written(1, WARN, fine)).toBe(0);
    expect(written(1, ERROR, refused)).toBe(0);
    expect(written(1, ERROR, failed)).toBe(1_000);
    expect(written(1, Infinity, failed)).toBe(0);
  });
});
