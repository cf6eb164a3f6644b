import { newProcessName } from './process-name.js';
import type { WholeProcess } from './whole-process.js';
import type { WorkerSeat } from './worker-seat.js';

/** The seat of a gateway that is alone in its process: it leads, shares with nobody, and its answer is the whole one. */
export function onlyWorker(): WorkerSeat {
  return {
    processName: newProcessName(),
    memory: null,
    wholeProcess: new OwnAnswers(),
    leadership: { isLeader: () => true, onChange: () => undefined },
  };
}

class OwnAnswers implements WholeProcess {
  readonly worker = 0;
  private readonly handlers = new Map<string, (payload: never) => unknown>();

  async ask<T>(question: string, payload?: unknown): Promise<T[]> {
    const handler = this.handlers.get(question);
    if (handler === undefined) throw new Error(`nobody answers ${question}`);
    return [(await handler(payload as never)) as T];
  }

  tell(): void {
    // There are no others.
  }

  answer(question: string, handler: (payload: never) => unknown): void {
    this.handlers.set(question, handler);
  }
}
