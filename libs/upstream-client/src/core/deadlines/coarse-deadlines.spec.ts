import { describe, expect, it } from '@jest/globals';
import { CoarseDeadlines } from './coarse-deadlines.js';
import type { DeadlineLine, DeadlineTask } from './deadlines.js';

class Noted implements DeadlineTask {
  queue: DeadlineLine | null = null;
  previous: DeadlineTask | null = null;
  next: DeadlineTask | null = null;
  dueAt = 0;

  constructor(
    private readonly name: string,
    private readonly log: string[],
  ) {}

  onDeadline(): void {
    this.log.push(this.name);
  }
}

describe('CoarseDeadlines', () => {
  it('has one queue for a timeout, and none for 0', () => {
    const deadlines = new CoarseDeadlines();
    expect(deadlines.queue(0)).toBeNull();
    expect(deadlines.queue(5)).toBe(deadlines.queue(5));
    expect(deadlines.queue(6)).not.toBe(deadlines.queue(5));
    deadlines.stop();
  });

  it('tells each task in the order in which they fall due, and only in the queue that it stands in', () => {
    const log: string[] = [];
    const deadlines = new CoarseDeadlines();
    const [short, long] = [deadlines.queue(100), deadlines.queue(500)];
    const moved = new Noted('moved', log);
    const gone = new Noted('gone', log);
    short?.add(moved, 0);
    short?.add(gone, 0);
    short?.add(new Noted('late', log), 60);
    short?.add(new Noted('early', log), 20);
    long?.add(moved, 0);
    gone.queue?.remove(gone);
    deadlines.tick(99);
    expect(log).toEqual([]);
    deadlines.tick(200);
    expect(log).toEqual(['early', 'late']);
    deadlines.tick(500);
    expect(log).toEqual(['early', 'late', 'moved']);
    expect(moved.queue).toBeNull();
    deadlines.stop();
  });
});
