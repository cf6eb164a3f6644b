import { describe, expect, it } from '@jest/globals';
import type { Stage } from './contract/stage.js';
import { orderStages } from './order-stages.js';
import { stageOrder } from './stage-order.js';

const stage = (name: string, after?: string): Stage => ({ name, after, compile: () => null });
const builtIn = stageOrder.map(([name]) => stage(name));
const namesOf = (stages: readonly Stage[]): string[] => orderStages(stages).map(({ name }) => name);

describe('the order of stages', () => {
  it('is that of the list, however they come', () => {
    expect(namesOf([...builtIn].reverse())).toEqual(stageOrder.map(([name]) => name));
  });

  it('leaves out what is not there', () => {
    expect(namesOf([stage('forward'), stage('cors')])).toEqual(['cors', 'forward']);
    expect(namesOf([])).toEqual([]);
  });

  it('has a custom stage directly below the one that it names', () => {
    const names = namesOf([...builtIn, stage('mine', 'body-limit')]);
    expect(names.indexOf('mine')).toBe(names.indexOf('body-limit') + 1);
    expect(names.filter((name) => name !== 'mine')).toEqual(stageOrder.map(([name]) => name));
  });

  it('has custom stages of one place in the order in which they were given', () => {
    const names = namesOf([stage('one', 'cors'), ...builtIn, stage('two', 'cors'), stage('three', 'cors')]);
    expect(names.slice(0, 4)).toEqual(['cors', 'one', 'two', 'three']);
  });

  it('has custom stages behind custom stages, whichever was given first', () => {
    const customs = [stage('c', 'b'), stage('a', 'cors'), stage('b', 'a'), stage('d', 'cors')];
    expect(namesOf([...customs, ...builtIn]).slice(0, 5)).toEqual(['cors', 'a', 'b', 'c', 'd']);
  });
});

describe('stages are refused', () => {
  it.each([
    ['when two have one name', [stage('a', 'cors'), stage('a', 'forward')], 'two stages are called "a"'],
    ['when one takes the name of a built-in stage', [stage('cors', 'forward')], 'two stages are called "cors"'],
    ['when one names no place', [stage('a')], /^stage "a" has no place: it names none; it can come after cors, /],
    ['when the place is unknown', [stage('b', 'a'), stage('a', 'authorise')], /^stage "a" .* no stage "authorise"; /],
    ['when two wait for each other', [stage('a', 'b'), stage('b', 'a')], /^stages "b", "a" wait for each other/],
    ['when one waits for itself', [stage('a', 'a')], /^stages "a" wait for each other/],
    [
      'when no request would reach one',
      [stage('a', 'forward')],
      /^stage "a" has no place: "forward" takes every request/,
    ],
  ])('%s', (_, customs, message) => {
    expect(() => orderStages([...builtIn, ...customs])).toThrow(message);
  });
});
