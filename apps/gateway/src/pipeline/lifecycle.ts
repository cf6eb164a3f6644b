/** Where the process stands. Requests and probes read it; only the shutdown and the start write it. */
export class Lifecycle {
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

  drain(): void {
    this.state = 'draining';
  }
}
