import type { AnswersMessage, FromWorker, QuestionMessage } from './messages.js';
import { ANSWER_TIMEOUT_MS, type WholeProcess } from './whole-process.js';

/** What the supervisor needs for its own part, beyond the time that workers have. */
const TRANSIT_MS = 1_000;

type Answers = AnswersMessage['answers'];

interface Waiting {
  readonly settle: (answers: Answers) => void;
  readonly timer: NodeJS.Timeout;
}

/** A worker's side of the questions that workers put to each other, by way of the supervisor. */
export class AskedWorkers implements WholeProcess {
  private readonly handlers = new Map<string, (payload: never) => unknown>();
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(
    readonly worker: number,
    private readonly send: (message: FromWorker) => void,
  ) {}

  async ask<T>(question: string, payload?: unknown, timeoutMs = ANSWER_TIMEOUT_MS): Promise<T[]> {
    const [others, own] = await Promise.all([this.others(question, payload, timeoutMs), this.own(question, payload)]);
    const all = [...others, [this.worker, own] as const];
    return all.sort(([a], [b]) => a - b).map(([, answer]) => answer as T);
  }

  tell(question: string, payload: unknown): void {
    this.send({ kind: 'tell', question, payload });
  }

  answer(question: string, handler: (payload: never) => unknown): void {
    this.handlers.set(question, handler);
  }

  /** Takes what the supervisor brings of others. */
  async receive(message: QuestionMessage | AnswersMessage): Promise<void> {
    if (message.kind === 'answers') {
      this.settle(message.id, message.answers);
      return;
    }
    const { id, question, payload } = message;
    let answers: unknown[] = [];
    try {
      answers = [await this.own(question, payload)];
    } catch {
      // Left out: whoever asks speaks for those that can.
    }
    if (id === null) return;
    try {
      this.send({ kind: 'answer', id, answers });
    } catch {
      this.send({ kind: 'answer', id, answers: [] });
    }
  }

  private others(question: string, payload: unknown, timeoutMs: number): Promise<Answers> {
    const id = ++this.last;
    return new Promise((resolve) => {
      this.send({ kind: 'ask', id, question, payload, timeoutMs });
      const timer = setTimeout(() => this.settle(id, []), timeoutMs + TRANSIT_MS);
      this.waiting.set(id, { settle: resolve, timer });
    });
  }

  private async own(question: string, payload: unknown): Promise<unknown> {
    const handler = this.handlers.get(question);
    if (handler === undefined) throw new Error(`nobody answers ${question}`);
    return handler(payload as never);
  }

  private settle(id: number, answers: Answers): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(id);
    waiting.settle(answers);
  }
}
