import type { AnswerMessage, AskMessage, ToWorker } from './messages.js';

/** The workers that can be asked now. */
export interface Askable {
  indexes(): readonly number[];
  send(worker: number, message: ToWorker): void;
}

interface OpenQuestion {
  readonly asker: number;
  /** As the asker knows it. */
  readonly id: number;
  readonly awaited: Set<number>;
  readonly answers: [worker: number, answer: unknown][];
  readonly timer: NodeJS.Timeout;
}

/** Takes questions from one worker to all others, and what they say back. */
export class QuestionHub {
  private readonly open = new Map<number, OpenQuestion>();
  private last = 0;

  constructor(private readonly workers: Askable) {}

  ask(asker: number, { id, question, payload, timeoutMs }: AskMessage): void {
    const others = this.workers.indexes().filter((worker) => worker !== asker);
    const number = ++this.last;
    const timer = setTimeout(() => this.settle(number), timeoutMs);
    this.open.set(number, { asker, id, awaited: new Set(others), answers: [], timer });
    for (const worker of others) this.workers.send(worker, { kind: 'question', id: number, question, payload });
    this.settleIfWhole(number);
  }

  tell(teller: number, question: string, payload: unknown): void {
    for (const worker of this.workers.indexes()) {
      if (worker !== teller) this.workers.send(worker, { kind: 'question', id: null, question, payload });
    }
  }

  answer(worker: number, { id, answers }: AnswerMessage): void {
    const asked = this.open.get(id);
    // Too late, or of a worker that has been replaced since.
    if (asked?.awaited.delete(worker) !== true) return;
    for (const answer of answers) asked.answers.push([worker, answer]);
    this.settleIfWhole(id);
  }

  /** Nobody waits for a worker that has ended, and it waits for nobody. */
  leave(worker: number): void {
    for (const [number, asked] of this.open) {
      if (asked.asker === worker) this.forget(number, asked);
      else if (asked.awaited.delete(worker)) this.settleIfWhole(number);
    }
  }

  private settleIfWhole(number: number): void {
    if (this.open.get(number)?.awaited.size === 0) this.settle(number);
  }

  private settle(number: number): void {
    const asked = this.open.get(number);
    if (asked === undefined) return;
    this.forget(number, asked);
    this.workers.send(asked.asker, { kind: 'answers', id: asked.id, answers: asked.answers });
  }

  private forget(number: number, { timer }: OpenQuestion): void {
    clearTimeout(timer);
    this.open.delete(number);
  }
}
