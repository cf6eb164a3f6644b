import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { CallbackDeadline, DeadlineEntry, DeadlineQueue } from './deadline-queue.js';

class Noted extends DeadlineEntry {
  constructor(
    private readonly name: string,
    private readonly log: string[],
    private readonly meanwhile: () => void = () => undefined,
  ) {
    super();
  }

  override onDeadline(): void {
    this.log.push(this.name);
    this.meanwhile();
  }
}

describe('a queue of deadlines', () => {
  it('tells each entry once, when its time has come and not before', () => {
    const log: string[] = [];
    const queue = new DeadlineQueue(100);
    queue.add(new Noted('a', log), 0);
    queue.add(new Noted('b', log), 50);
    for (const now of [0, 99, 100, 149, 150, 1_000]) {
      queue.tick(now);
      log.push(String(now));
    }
    expect(log).toEqual(['0', '99', 'a', '100', '149', 'b', '150', '1000']);
  });

  it('does not tell what was removed', () => {
    const log: string[] = [];
    const queue = new DeadlineQueue(100);
    const entries = ['a', 'b', 'c', 'd'].map((name) => new Noted(name, log));
    for (const entry of entries) queue.add(entry, 0);
    queue.remove(entries[0]);
    queue.remove(entries[2]);
    queue.remove(entries[3]);
    expect(entries[0].queue).toBeNull();
    queue.tick(100);
    expect(log).toEqual(['b']);
  });

  it('moves an entry that is added again, from another queue too', () => {
    const log: string[] = [];
    const [short, long] = [new DeadlineQueue(10), new DeadlineQueue(100)];
    const entry = new Noted('a', log);
    short.add(entry, 0);
    short.add(new Noted('b', log), 0);
    short.add(entry, 5);
    long.add(entry, 5);
    short.tick(1_000);
    expect(log).toEqual(['b']);
    long.tick(105);
    expect(log).toEqual(['b', 'a']);
  });

  it('tells an entry in time that counts from before those that came earlier', () => {
    const log: string[] = [];
    const queue = new DeadlineQueue(100);
    queue.add(new Noted('a', log), 40);
    queue.add(new Noted('b', log), 60);
    queue.add(new Noted('late', log), 50);
    queue.add(new Noted('latest', log), 0);
    queue.tick(100);
    expect(log).toEqual(['latest']);
    queue.tick(150);
    expect(log).toEqual(['latest', 'a', 'late']);
    queue.tick(160);
    expect(log).toEqual(['latest', 'a', 'late', 'b']);
  });

  it('lets entries add and remove themselves and others while they are told', () => {
    const log: string[] = [];
    const queue = new DeadlineQueue(100);
    const doomed = new Noted('doomed', log);
    const again: Noted = new Noted('again', log, () => {
      queue.remove(doomed);
      if (log.length === 1) queue.add(again, 100);
    });
    queue.add(again, 0);
    queue.add(doomed, 0);
    queue.add(new Noted('last', log), 0);
    queue.tick(100);
    expect(log).toEqual(['again', 'last']);
    queue.tick(200);
    expect(log).toEqual(['again', 'last', 'again']);
  });

  it('calls a closure where that is worth it', () => {
    let calls = 0;
    const queue = new DeadlineQueue(1);
    queue.add(new CallbackDeadline(() => calls++), 0);
    queue.tick(1);
    expect(calls).toBe(1);
  });

  it('keeps its order through random additions and removals', () => {
    const random = new SeededRandom(50);
    const queue = new DeadlineQueue(100);
    const waiting = new Map<string, { entry: Noted; dueAt: number }>();
    const wrong: unknown[] = [];
    for (let now = 0; now < 5_000; now++) {
      const told: string[] = [];
      for (let i = random.below(4); i > 0; i--) {
        const name = `${now}.${i}`;
        const since = now - random.below(random.chance(0.1) ? 90 : 1);
        const entry = new Noted(name, told, () => undefined);
        waiting.set(name, { entry, dueAt: since + 100 });
        queue.add(entry, since);
      }
      const [name] = random.pick([...waiting.keys()].slice(0, 5).map((key) => [key])) ?? [];
      if (random.chance(0.3) && name !== undefined) {
        queue.remove(waiting.get(name)!.entry);
        waiting.delete(name);
      }
      queue.tick(now);
      for (const [key, { entry, dueAt }] of waiting) {
        if (dueAt <= now !== (entry.queue === null)) wrong.push({ key, dueAt, now });
        if (entry.queue === null) waiting.delete(key);
      }
    }
    expect(wrong).toEqual([]);
  });
});
