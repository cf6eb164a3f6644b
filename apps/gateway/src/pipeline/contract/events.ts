let nextIndex = 0;

/** Names an event and the type of what it carries. */
export class EventKey<T> {
  declare protected readonly type: T;
  readonly index = nextIndex++;
  constructor(readonly name: string) {}
}

export type Listener<T> = (payload: T) => void;

/**
 * Synchronous events. Stages tell what happened; telemetry listens, and so may any provider that injects this. An event
 * without listeners costs one array read.
 * A listener must not throw; one that does is reported and the request goes on.
 */
export class Events {
  private readonly listeners: (readonly Listener<never>[])[] = [];

  /** @returns a function that takes the listener away again */
  on<T>(key: EventKey<T>, listener: Listener<T>): () => void {
    // Lists are replaced, never changed: one that is being told stays as it is.
    this.listeners[key.index] = [...(this.listeners[key.index] ?? []), listener];
    return () => {
      const list = this.listeners[key.index];
      const at = list.indexOf(listener);
      if (at >= 0) this.listeners[key.index] = list.toSpliced(at, 1);
    };
  }

  /** Whether anybody listens: for events whose telling needs work before. */
  hears<T>(key: EventKey<T>): boolean {
    const list = this.listeners[key.index] as readonly unknown[] | undefined;
    return list !== undefined && list.length > 0;
  }

  emit<T>(key: EventKey<T>, payload: T): void {
    const list = this.listeners[key.index] as readonly Listener<T>[] | undefined;
    if (list === undefined) return;
    for (let i = 0; i < list.length; i++) {
      try {
        list[i](payload);
      } catch (error) {
        process.emitWarning(`a listener of ${key.name} failed: ${String(error)}`, 'SluiceWarning');
      }
    }
  }
}
