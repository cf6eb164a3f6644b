import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Notification, NotificationInput } from './notification.schema.js';

/** Notifications that the list remembers. Older ones are forgotten. */
const RECENT_MAX = 100;

/** A stream or a socket that is open. */
export interface Listener {
  notify(notification: Notification): void;
  /** The service closes: say goodbye. */
  close(): void;
}

/** Hands every published notification to every open stream and socket. */
@Injectable()
export class NotificationsHub implements OnModuleDestroy {
  private readonly listeners = new Set<Listener>();
  private readonly recent: Notification[] = [];
  private lastNumber = 0;
  private closed = false;

  constructor() {
    this.publish({ message: 'Welcome to the demo services.' });
    this.publish({ message: 'Publish one of your own with POST.' });
  }

  list(): { items: readonly Notification[]; total: number } {
    return { items: this.recent, total: this.recent.length };
  }

  publish(input: NotificationInput): { notification: Notification; listeners: number } {
    this.lastNumber += 1;
    const notification = { id: `n-${this.lastNumber}`, ...input, at: new Date().toISOString() };
    this.recent.push(notification);
    if (this.recent.length > RECENT_MAX) this.recent.shift();
    for (const listener of this.listeners) listener.notify(notification);
    return { notification, listeners: this.listeners.size };
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    if (this.closed) listener.close();
    else this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onModuleDestroy(): void {
    this.closed = true;
    for (const listener of this.listeners) listener.close();
  }
}
