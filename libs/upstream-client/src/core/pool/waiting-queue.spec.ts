import { describe, expect, it } from '@jest/globals';
import { RunningExchange } from '../connection/running-exchange.js';
import { WaitingQueue } from './waiting-queue.js';

const waiter = (): RunningExchange => new RunningExchange(null as never, null as never, '');

describe('WaitingQueue', () => {
  it('gives first who came first, and lets everybody leave', () => {
    const queue = new WaitingQueue();
    const all = Array.from({ length: 5 }, waiter);
    for (const one of all) queue.push(one);
    for (const leaving of [all[0], all[2], all[4]]) queue.remove(leaving);
    expect(queue.length).toBe(2);
    expect([queue.peek(), queue.shift(), queue.shift(), queue.shift()]).toEqual([all[1], all[1], all[3], null]);
    queue.push(all[0]);
    expect([queue.shift(), queue.length]).toEqual([all[0], 0]);
  });
});
