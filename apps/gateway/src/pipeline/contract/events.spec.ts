import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EventKey, Events } from './events.js';

const happened = new EventKey<number>('happened');

afterEach(() => {
  jest.restoreAllMocks();
});

describe('events', () => {
  it('are told to every listener, in the order in which they came, at once', () => {
    const events = new Events();
    const told: string[] = [];
    events.on(happened, (value) => told.push(`a${value}`));
    events.on(happened, (value) => told.push(`b${value}`));
    events.emit(happened, 1);
    expect(told).toEqual(['a1', 'b1']);
  });

  it('without listeners are nothing', () => {
    expect(() => new Events().emit(happened, 1)).not.toThrow();
  });

  it('of one name are different events', () => {
    const events = new Events();
    const told: number[] = [];
    events.on(new EventKey<number>('happened'), (value) => told.push(value));
    events.emit(happened, 1);
    expect(told).toEqual([]);
  });

  it('are no longer told to a listener that was taken away', () => {
    const events = new Events();
    const told: string[] = [];
    const off = events.on(happened, () => told.push('a'));
    events.on(happened, () => told.push('b'));
    off();
    off();
    events.emit(happened, 1);
    expect(told).toEqual(['b']);
  });

  it('are told to all that listened when they happened, also when one leaves or comes meanwhile', () => {
    const events = new Events();
    const told: string[] = [];
    const off = events.on(happened, () => {
      off();
      events.on(happened, () => told.push('late'));
    });
    events.on(happened, () => told.push('next'));
    events.emit(happened, 1);
    expect(told).toEqual(['next']);
    events.emit(happened, 1);
    expect(told).toEqual(['next', 'next', 'late']);
  });

  it('go on when a listener fails, and the failure is reported', () => {
    const warning = jest.spyOn(process, 'emitWarning').mockReturnValue();
    const events = new Events();
    const told: number[] = [];
    events.on(happened, () => {
      throw new Error('broken');
    });
    events.on(happened, (value) => told.push(value));
    events.emit(happened, 1);
    expect(told).toEqual([1]);
    expect(warning.mock.calls).toEqual([['a listener of happened failed: Error: broken', 'SluiceWarning']]);
  });
});
