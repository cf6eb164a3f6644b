/** Where the process stands. Requests and probes read it; only the shutdown and the start write it. */
export class Lifecycle {
  private readonly drainListeners: (() => void)[] = [];
  private state: 'starting' | 'serving' | 'draining' = 'starting';

  get ready(): boolean {
    return this.state === 'serving';
  }

  get draining(): boolean {
    return this.state === 'draining';
  }

  get phase(): string {
    return this.state;
  }

  serve(): void {
    this.state = 'serving';
  }

  /** For what would never end by itself. */
  onDrain(listener: () => void): void {
    this.drainListeners.push(listener);
  }

  drain(): void {
    this.state = 'draining';
    for (const listener of this.drainListeners) listener();
  }
}
