import { describe, expect, it } from '@jest/globals';
import { requestOverLimit } from '../../admission/rate-limit.events.js';
import { Events } from '../../pipeline/contract/events.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import { RefusedMost } from './refused-most.js';

function refuse(events: Events, address: string, times = 1): void {
  const context = { route: { id: 'r' }, identity: null, head: { clientAddress: address } } as RequestContext;
  for (let i = 0; i < times; i++) events.emit(requestOverLimit, context);
}

describe('who is refused most often', () => {
  it('is found among any number of others, in a fixed number of places', () => {
    const events = new Events();
    const refused = new RefusedMost(events);
    refused.onModuleInit();
    for (let i = 0; i < 5_000; i++) {
      refuse(events, `192.0.${i >> 8}.${i & 255}`);
      if (i % 10 === 0) refuse(events, 'often');
    }
    const list = refused.list();
    expect(list).toHaveLength(200);
    const often = list.find(({ address }) => address === 'often');
    expect((often?.refused ?? 0) - (often?.countedTooMuch ?? 0)).toBeLessThanOrEqual(500);
    expect(often?.refused).toBeGreaterThanOrEqual(500);
  });

  it('comes first, with exact counts while there is room', () => {
    const events = new Events();
    const refused = new RefusedMost(events);
    refused.onModuleInit();
    refuse(events, 'a');
    refuse(events, 'b', 3);
    expect(refused.list().map(({ address, refused: count }) => [address, count])).toEqual([
      ['b', 3],
      ['a', 1],
    ]);
  });
});
