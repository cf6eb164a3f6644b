import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AskedWorkers } from './asked-workers.js';
import type { FromWorker, ToWorker } from './messages.js';
import { QuestionHub } from './question-hub.js';

/** Workers in one thread, with the hub between them and all that they say cloned on its way, as between threads. */
class House {
  readonly there = new Set<number>();
  readonly workers: AskedWorkers[] = [];
  readonly hub = new QuestionHub({
    indexes: () => [...this.there],
    send: (worker, message: ToWorker) => {
      if (message.kind === 'question' || message.kind === 'answers') {
        void this.workers[worker].receive(structuredClone(message));
      }
    },
  });

  constructor(count: number) {
    for (let worker = 0; worker < count; worker++) {
      this.there.add(worker);
      this.workers.push(new AskedWorkers(worker, (message) => this.hear(worker, structuredClone(message))));
    }
  }

  leave(worker: number): void {
    this.there.delete(worker);
    this.hub.leave(worker);
  }

  private hear(worker: number, message: FromWorker): void {
    if (message.kind === 'ask') this.hub.ask(worker, message);
    if (message.kind === 'tell') this.hub.tell(worker, message.question, message.payload);
    if (message.kind === 'answer') this.hub.answer(worker, message);
  }
}

describe('a question to the whole process', () => {
  let house: House;

  beforeEach(() => {
    jest.useFakeTimers();
    house = new House(3);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const answerAll = (question: string, handler: (worker: number, payload: never) => unknown): void => {
    for (const { worker } of house.workers) {
      house.workers[worker].answer(question, (payload: never) => handler(worker, payload));
    }
  };

  it('is answered by each, in their order, whoever asks', async () => {
    answerAll('double', (worker, payload: number) => Promise.resolve([worker, payload * 2]));
    expect(await house.workers[1].ask('double', 21)).toEqual([
      [0, 42],
      [1, 42],
      [2, 42],
    ]);
  });

  it('leaves out who fails, who has no answer, and whose answer cannot pass', async () => {
    house.workers[0].answer('who', () => 0);
    house.workers[1].answer('who', () => {
      throw new Error('not me');
    });
    house.workers[2].answer('who', () => () => 'a function');
    expect(await house.workers[0].ask('who')).toEqual([0]);
    house.workers[1].answer('other', () => 1);
    expect(await house.workers[1].ask('other')).toEqual([1]);
  });

  it('fails when the asker itself fails, or cannot say what it asks', async () => {
    answerAll('who', () => {
      throw new Error('nobody');
    });
    await expect(house.workers[0].ask('who')).rejects.toThrow('nobody');
    answerAll('who', (worker) => worker);
    await expect(house.workers[0].ask('who', () => 'a function')).rejects.toThrow('could not be cloned');
  });

  it('leaves out who is late, whose answer then counts for nothing', async () => {
    let late: (answer: unknown) => void = () => undefined;
    answerAll('who', (worker) => (worker === 2 ? new Promise((resolve) => (late = resolve)) : worker));
    const first = house.workers[0].ask('who');
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await first).toEqual([0, 1]);
    answerAll('who', (worker) => worker + 10);
    const second = house.workers[0].ask('who');
    late('of before');
    expect(await second).toEqual([10, 11, 12]);
  });

  it('does not wait for who has ended', async () => {
    answerAll('who', (worker) => (worker === 2 ? new Promise(() => undefined) : worker));
    const asked = house.workers[0].ask('who');
    await jest.advanceTimersByTimeAsync(1);
    house.leave(2);
    expect(await asked).toEqual([0, 1]);
    expect(await house.workers[1].ask('who')).toEqual([0, 1]);
  });

  it('comes to an end when there is nobody who takes it on', async () => {
    const alone = new AskedWorkers(0, () => undefined);
    alone.answer('who', () => 0);
    const asked = alone.ask('who');
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await asked).toEqual([0]);
  });

  it('may want no answer, and then goes to the others', async () => {
    const heard: number[] = [];
    answerAll('note', (worker) => heard.push(worker));
    house.workers[1].tell('note', null);
    await jest.advanceTimersByTimeAsync(1);
    expect(heard).toEqual([0, 2]);
  });
});
