import type { Leadership } from './leadership.js';

/** Leadership as the supervisor says. */
export class FollowedLeadership implements Leadership {
  private leader = false;
  private readonly listeners: (() => void)[] = [];

  isLeader(): boolean {
    return this.leader;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  take(): void {
    if (this.leader) return;
    this.leader = true;
    for (const listener of this.listeners) listener();
  }
}
