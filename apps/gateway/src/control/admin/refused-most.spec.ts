import { describe, expect, it } from '@jest/globals';
import { requestOverLimit } from '../../admission/rate-limit.events.js';
import { Events } from '../../pipeline/contract/events.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import { onlyWorker } from '../../workers/only-worker.js';
import type { WholeProcess } from '../../workers/whole-process.js';
import { RefusedMost } from './refused-most.js';

function refuse(events: Events, address: string, times = 1): void {
  const context = { route: { id: 'r' }, identity: null, head: { clientAddress: address } } as RequestContext;
  for (let i = 0; i < times; i++) events.emit(requestOverLimit, context);
}

describe('who is refused most often', () => {
  it('is found among any number of others, in a fixed number of places', async () => {
    const events = new Events();
    const refused = new RefusedMost(events, onlyWorker().wholeProcess);
    refused.onModuleInit();
    for (let i = 0; i < 5_000; i++) {
      refuse(events, `192.0.${i >> 8}.${i & 255}`);
      if (i % 10 === 0) refuse(events, 'often');
    }
    const list = await refused.list();
    expect(list).toHaveLength(200);
    const often = list.find(({ address }) => address === 'often');
    expect((often?.refused ?? 0) - (often?.countedTooMuch ?? 0)).toBeLessThanOrEqual(500);
    expect(often?.refused).toBeGreaterThanOrEqual(500);
  });

  it('comes first, with exact counts while there is room', async () => {
    const events = new Events();
    const refused = new RefusedMost(events, onlyWorker().wholeProcess);
    refused.onModuleInit();
    refuse(events, 'a');
    refuse(events, 'b', 3);
    expect((await refused.list()).map(({ address, refused: count }) => [address, count])).toEqual([
      ['b', 3],
      ['a', 1],
    ]);
  });

  it('is counted over all workers', async () => {
    const others = [['a'], ['a', 'c', 'c', 'c', 'c', 'c']].map((addresses) => {
      const events = new Events();
      const refused = new RefusedMost(events, onlyWorker().wholeProcess);
      refused.onModuleInit();
      for (const address of addresses) refuse(events, address);
      return refused.own();
    });
    const whole = { worker: 0, ask: () => Promise.resolve(others), tell: () => undefined, answer: () => undefined };
    const list = await new RefusedMost(new Events(), whole as WholeProcess).list();
    expect(list.map(({ address, refused: count }) => [address, count])).toEqual([
      ['c', 5],
      ['a', 2],
    ]);
  });
});
