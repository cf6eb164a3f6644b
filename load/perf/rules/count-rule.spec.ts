import { describe, expect, it } from '@jest/globals';
import { countResult } from './count-rule.ts';

const rule = { subject: 'keys', unit: 'keys', part: 0.2, besides: 100 };
const judged = (base: number, head: number) => countResult('errors', rule, { base, head }).judgement;

describe('a count', () => {
  it('may be more than the base by a part of it and a few besides', () => {
    expect(judged(0, 100)).toBe('ok');
    expect(judged(1_000, 1_300)).toBe('ok');
    expect(judged(1_000, 0)).toBe('ok');
  });

  it('is worse beyond that', () => {
    expect(judged(0, 101)).toBe('worse');
    expect(judged(1_000, 1_301)).toBe('worse');
  });

  it('with a limit of its own does not ask for the base', () => {
    expect(countResult('errors', rule, { base: 5, head: 0.9 }, 1).judgement).toBe('ok');
    expect(countResult('errors', rule, { base: 5, head: 1.1 }, 1)).toMatchObject({ judgement: 'worse', limit: 1 });
  });

  it('that one side does not have is not compared', () => {
    expect(countResult('errors', rule, { base: NaN, head: 1 })).toMatchObject({
      judgement: 'undecided',
      note: 'not compared: there is no such count',
    });
  });
});
