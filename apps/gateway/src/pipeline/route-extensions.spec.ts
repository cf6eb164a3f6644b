import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { StageType } from './contract/stage-type.js';
import { routeExtensions } from './route-extensions.js';

function stageType(name: string, key?: string): StageType {
  const type = class {
    readonly name = name;
    compile(): null {
      return null;
    }
  };
  Object.defineProperty(type, 'name', { value: name });
  return Object.assign(type, key === undefined ? {} : { settings: { key, schema: z.strictObject({}) } });
}

describe('the keys that stages add to routes', () => {
  it('are those that their classes declare', () => {
    expect(routeExtensions([stageType('A', 'quota'), stageType('B')]).map(({ key }) => key)).toEqual(['quota']);
  });

  it.each([
    ['by the gateway', [stageType('A', 'upstream')], 'the route key "upstream" of A is taken by the gateway itself'],
    ['by another stage', [stageType('A', 'x'), stageType('B', 'x')], 'the route key "x" of B is taken by A'],
  ])('may not be taken %s', (_, stages, message) => {
    expect(() => routeExtensions(stages)).toThrow(message);
  });
});
