import type { DeadlineLine, DeadlineTask } from '../deadlines/deadlines.js';
import type { UpstreamErrorCode } from '../upstream-error.js';

/** What a connection is doing while its time runs. */
export type Phase = 'connect' | 'expect' | 'send' | 'head' | 'body' | 'keep-alive';

/** What an exchange fails with when its time runs out: code and reason. */
export const timeoutOf: Readonly<Record<Exclude<Phase, 'expect' | 'keep-alive'>, [UpstreamErrorCode, string]>> = {
  connect: ['connect-timeout', 'opening'],
  send: ['idle-timeout', 'sending'],
  head: ['headers-timeout', ''],
  body: ['idle-timeout', 'receiving'],
};

/** The one deadline that a connection has at a time. */
export class PhaseClock implements DeadlineTask {
  queue: DeadlineLine | null = null;
  previous: DeadlineTask | null = null;
  next: DeadlineTask | null = null;
  dueAt = 0;
  private phase: Phase = 'connect';

  constructor(private readonly onDue: (phase: Phase) => void) {}

  /**
   * @param line null for no limit
   * @param since milliseconds of `performance.now()`
   */
  wait(phase: Phase, line: DeadlineLine | null, since = performance.now()): void {
    this.phase = phase;
    if (line !== null) line.add(this, since);
    else this.stop();
  }

  stop(): void {
    this.queue?.remove(this);
  }

  onDeadline(): void {
    this.onDue(this.phase);
  }
}
