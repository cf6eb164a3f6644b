import { describe, expect, it } from '@jest/globals';
import type { StageHooks } from './contract/stage.js';
import { markPhases } from './phase-marks.js';
import type { Placed } from './pipeline.js';

const own: StageHooks & { request(): undefined } = { request: () => undefined };

/** The list with its marks, by name. */
function marked(...names: string[]): string[] {
  const placed: Placed<'request'>[] = names.map((_, at) => ({ at, hooks: own }));
  return markPhases(placed, names).map(({ at, hooks }) => (hooks === own ? names[at] : `mark(${at})`));
}

describe('the phases of a route', () => {
  it('are not marked where it has neither admission nor a cache', () => {
    expect(marked('cors', 'body-limit', 'choose-upstream', 'forward')).toEqual([
      'cors',
      'body-limit',
      'choose-upstream',
      'forward',
    ]);
    expect(marked('respond')).toEqual(['respond']);
  });

  it('are marked where admission ends, stages of a team’s own included', () => {
    expect(marked('cors', 'authenticate', 'rate-limit', 'bulkhead', 'forward')).toEqual([
      'cors',
      'authenticate',
      'rate-limit',
      'mark(2)',
      'bulkhead',
      'forward',
    ]);
    expect(marked('body-limit', 'quota', 'respond')).toEqual(['body-limit', 'quota', 'mark(1)', 'respond']);
  });

  it('are marked before and behind a cache', () => {
    expect(marked('authenticate', 'cache', 'forward')).toEqual([
      'authenticate',
      'mark(0)',
      'cache',
      'mark(1)',
      'forward',
    ]);
    expect(marked('cache', 'forward')).toEqual(['mark(-1)', 'cache', 'mark(0)', 'forward']);
  });

  it('have no mark where nothing comes behind admission', () => {
    expect(marked('authenticate')).toEqual(['authenticate']);
  });
});
