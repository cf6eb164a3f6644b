import type { RunningExchange } from '../connection/running-exchange.js';

/** Exchanges that wait for a connection, in their order; each can leave at once. */
export class WaitingQueue {
  length = 0;
  private first: RunningExchange | null = null;
  private last: RunningExchange | null = null;

  push(exchange: RunningExchange): void {
    exchange.before = this.last;
    if (this.last === null) this.first = exchange;
    else this.last.behind = exchange;
    this.last = exchange;
    this.length++;
  }

  peek(): RunningExchange | null {
    return this.first;
  }

  shift(): RunningExchange | null {
    const { first } = this;
    if (first !== null) this.remove(first);
    return first;
  }

  remove(exchange: RunningExchange): void {
    if (exchange.before === null) this.first = exchange.behind;
    else exchange.before.behind = exchange.behind;
    if (exchange.behind === null) this.last = exchange.before;
    else exchange.behind.before = exchange.before;
    exchange.before = exchange.behind = null;
    exchange.queue?.remove(exchange);
    this.length--;
  }
}
