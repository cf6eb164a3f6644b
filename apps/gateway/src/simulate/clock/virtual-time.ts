/** Something that happens at a time. It may stand in the queue once at a time. */
export abstract class Happening {
  dueMs = 0;
  /** Tells apart what is due at the same time: first planned, first run. */
  order = 0;

  abstract run(): void;
}

/** A clock that jumps from one happening to the next (a binary heap), so that a day takes as long as what is done in it. */
export class VirtualTime {
  nowMs: number;
  private readonly heap: Happening[] = [];
  private planned = 0;

  constructor(startMs = 0) {
    this.nowMs = startMs;
  }

  /** The clock as libraries take it. */
  readonly now = (): number => this.nowMs;

  /** @param dueMs not before now */
  plan(happening: Happening, dueMs: number): void {
    const { heap } = this;
    happening.dueMs = dueMs;
    happening.order = this.planned++;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(happening, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = happening;
  }

  /** Lets happen what is due until then, and makes it that time. */
  advanceTo(atMs: number): void {
    const { heap } = this;
    while (heap.length > 0 && heap[0].dueMs <= atMs) this.step();
    this.nowMs = atMs;
  }

  /** Lets the next thing happen. @returns false when there is none */
  step(): boolean {
    const { heap } = this;
    if (heap.length === 0) return false;
    const [next] = heap;
    const last = heap.pop() as Happening;
    if (heap.length > 0) this.sink(last);
    this.nowMs = next.dueMs;
    next.run();
    return true;
  }

  /** Puts one in place of the first. */
  private sink(happening: Happening): void {
    const { heap } = this;
    const end = heap.length;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= end) break;
      if (child + 1 < end && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], happening)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = happening;
  }
}

function before(a: Happening, b: Happening): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
